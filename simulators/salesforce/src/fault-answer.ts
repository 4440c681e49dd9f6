/** One fault of a record. REST answers call the code `errorCode`, Collections `statusCode`. */
export interface RecordFault {
  code: string;
  message: string;
  fields: string[];
}

export function recordFault(code: string, message: string, fields: string[] = []): RecordFault {
  return { code, message, fields };
}

/** A record that was refused, with every reason found. */
export class RefusedRecord extends Error {
  readonly faults: RecordFault[];

  constructor(...faults: RecordFault[]) {
    super(faults.map(({ code, message }) => `${code}: ${message}`).join('; '));
    this.faults = faults;
  }
}

/** A whole call that was refused: the HTTP status and Salesforce's error list. */
export class RefusedCall extends Error {
  readonly status: number;
  readonly errors: { errorCode: string; message: string; fields?: string[] }[];

  constructor(status: number, errorCode: string, message: string, fields?: string[]) {
    super(`${errorCode}: ${message}`);
    this.status = status;
    this.errors = [{ errorCode, message, ...(fields ? { fields } : {}) }];
  }
}
