/**
 * The part of parquetjs-lite that we use: the package has no declarations.
 *
 * Why `export =`: Node finds no named exports in this CommonJS package, so that only a default import works.
 */
declare module 'parquetjs-lite' {
  namespace parquetjs {
    /** A column or group. A group with `type` LIST or MAP is annotated so. */
    interface FieldDefinition {
      readonly type?: string;
      readonly optional?: boolean;
      readonly repeated?: boolean;
      readonly compression?: string;
      /** Statistics are wrong unless this is false. */
      readonly statistics?: boolean;
      readonly fields?: Readonly<Record<string, FieldDefinition>>;
    }

    interface ParquetSchema {
      /** The declaration as given. */
      readonly schema: Readonly<Record<string, FieldDefinition>>;
    }

    interface WriterOptions {
      readonly useDataPageV2: boolean;
      readonly pageIndex: boolean;
    }

    interface ParquetEnvelopeWriter {
      /** Bytes written so far. */
      readonly offset: number;
    }

    interface ParquetWriter {
      appendRow(row: Readonly<Record<string, unknown>>): Promise<void>;
      close(): Promise<void>;
      setRowGroupSize(rows: number): void;
    }
  }

  const parquetjs: {
    readonly ParquetSchema: new (schema: Readonly<Record<string, parquetjs.FieldDefinition>>) => parquetjs.ParquetSchema;
    readonly ParquetEnvelopeWriter: new (
      schema: parquetjs.ParquetSchema,
      write: (bytes: Uint8Array) => Promise<void>,
      close: () => Promise<void>,
      fileOffset: number,
      options: parquetjs.WriterOptions,
    ) => parquetjs.ParquetEnvelopeWriter;
    readonly ParquetWriter: new (schema: parquetjs.ParquetSchema, envelope: parquetjs.ParquetEnvelopeWriter, options: parquetjs.WriterOptions) => parquetjs.ParquetWriter;
  };
  export = parquetjs;
}
