/** The client that sent a request. */
export interface Client {
  /** Its IP address, as the system writes it, such as `192.0.2.7`, `2001:db8::7` or `::ffff:192.0.2.7`. */
  readonly address: string;
}
