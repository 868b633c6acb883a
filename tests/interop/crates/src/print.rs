//! One line of JSON each: open, event with type, id and data, error with message, or end.

use serde_json::json;

pub fn print(kind: &str) {
    println!("{}", json!({ "kind": kind }));
}

pub fn print_event(kind: &str, id: &str, data: &str) {
    let kind = if kind.is_empty() { "message" } else { kind };
    println!(
        "{}",
        json!({ "kind": "event", "type": kind, "id": id, "data": data })
    );
}

pub fn print_error(message: impl ToString) {
    println!(
        "{}",
        json!({ "kind": "error", "message": message.to_string() })
    );
}
