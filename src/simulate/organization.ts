import { SeededRandom } from './seededRandom.js';

/** A flow of the imitated organization. */
export interface SeededFlow {
  readonly id: string;
  readonly name: string;
  readonly type: string;
}

/** The imitated organization: the ids that recur in its conversations. */
export interface SeededOrganization {
  readonly id: string;
  readonly name: string;
  readonly divisions: readonly string[];
  readonly queues: readonly string[];
  readonly users: readonly { readonly id: string; readonly name: string }[];
  readonly teams: readonly string[];
  readonly flows: readonly SeededFlow[];
  readonly wrapUpCodes: readonly string[];
  readonly campaigns: readonly string[];
  readonly externalOrganizations: readonly string[];
}

const NAMES = ['Amélie Durand', 'Björn Åkesson', 'Chidi Okafor', 'Dana "DJ" Jones', 'Eleni Παππά', 'Fatima الزهراء', 'Großmann, Uwe', '田中 花子', "O'Brien Sean"];

const FLOWS: readonly (readonly [string, string])[] = [
  ['Main IVR', 'INBOUNDCALL'],
  ['Support | Level 1', 'INBOUNDCALL'],
  ['Messenger Inbound', 'INBOUNDSHORTMESSAGE'],
  ['Chat Inbound', 'INBOUNDCHAT'],
  ['E-Mail Eingang', 'INBOUNDEMAIL'],
  ['In-Queue Music', 'INQUEUECALL'],
  ['Order Bot', 'DIGITALBOT'],
  ['Survey Invite', 'SURVEYINVITE'],
];

const many = <T>(count: number, make: (i: number) => T): readonly T[] => Array.from({ length: count }, (_, i) => make(i));

/** The organization of a seed. */
export const createOrganization = (seed: number): SeededOrganization => {
  const random = new SeededRandom(seed, 0x0e6, 0xa11);
  const id = (): string => random.uuid();
  return {
    id: id(),
    name: 'Imitation Org',
    divisions: many(4, id),
    queues: many(16, id),
    users: many(48, (i) => ({ id: id(), name: `${NAMES[i % NAMES.length]!} ${String(i)}` })),
    teams: many(5, id),
    flows: FLOWS.map(([name, type]) => ({ id: id(), name, type })),
    wrapUpCodes: many(12, id),
    campaigns: many(3, id),
    externalOrganizations: many(4, id),
  };
};
