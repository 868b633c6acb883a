import { join } from "node:path";
import { succeeds } from "./succeeds.ts";

/** The files of a certificate for `localhost` that nobody has signed. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Writes a certificate into a folder. It needs the program `openssl`. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const certificate = join(folder, "site.pem");
  const key = join(folder, "key.pem");
  const isMade = await succeeds(
    "openssl",
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt"],
    ...["ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
    ...["-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-keyout", key, "-out", certificate],
  );
  if (!isMade) throw new Error(`openssl makes no certificate in ${folder}`);
  return { certificate, key };
}
