import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

// A key that protects nothing: it exists to be refused.
const KEY = `
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgu+EU61V5rtlS1muy
te5L5E3NWNmJHezw/KX6JLxcn++hRANCAARomOPWRQws9PxiE6nC3WJlADDLVYs6
M/Zf+mwYBM6PjOhip/uZMXz0BnszAdeQTy8MSvasI8lmvJBwY7Qwu8kT
-----END PRIVATE KEY-----
`;
const CERTIFICATE = `
-----BEGIN CERTIFICATE-----
MIIBkDCCATagAwIBAgIUVoZnCV+In3C1Ph7HWxB9i1dfT8kwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyMTA0MjEzOVoYDzIxMjYxMDI4
MDQyMTM5WjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARomOPWRQws9PxiE6nC3WJlADDLVYs6M/Zf+mwYBM6PjOhip/uZMXz0
BnszAdeQTy8MSvasI8lmvJBwY7Qwu8kTo2QwYjAdBgNVHQ4EFgQUj/wKZfmzSg7o
v9RuWueojEZ08iQwHwYDVR0jBBgwFoAUj/wKZfmzSg7ov9RuWueojEZ08iQwDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC
ID9fEWSNWBq/UnuBfSoMwRbwqhhy9WOOdI//hmCZn+/IAiEA0HfyCmCONXB4t3Pf
UZd5cuU5SSUu2PrdHgY7JgCNHcE=
-----END CERTIFICATE-----
`;

/** An HTTPS server on loopback whose certificate no authority vouches for. */
export const startSelfSignedServer = async (): Promise<{ readonly url: string; close(): Promise<void> }> => {
  const server = createServer({ key: KEY.trim(), cert: CERTIFICATE.trim() }, (_request, response) => {
    response.end('{}');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
};
