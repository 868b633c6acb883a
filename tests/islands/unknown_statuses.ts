/** Data of status events that no page knows. */
export const UNKNOWN = [
  ...["hello", "", "{", "null", "5", '"reset"', "[]", "{}"],
  '{"state":"expired"}',
  '{"state":"resumed"}',
  '{"state":"resumed","replayed":-1}',
  '{"state":"lagged","missed":"7"}',
];
