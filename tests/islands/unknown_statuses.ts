/** Data of status events that no page knows. */
export const UNKNOWN = [
  ...["hello", "", "{", "null", "5", '"reset"', "[]", "{}"],
  '{"state":"exploded"}',
  '{"state":"resumed"}',
  '{"state":"resumed","replayed":-1}',
  '{"state":"lagged","missed":"7"}',
];
