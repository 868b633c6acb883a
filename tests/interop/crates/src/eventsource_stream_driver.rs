use std::error::Error;
use std::time::Duration;

use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use reqwest::{Client, StatusCode};

use crate::print::{print, print_error, print_event};

/// What a stream has said so far. The library only parses: connecting again is the caller's.
struct Heard {
    last_event_id: String,
    retry: Duration,
}

pub async fn subscribe(url: &str, is_bare: bool) {
    let mut heard = Heard {
        last_event_id: String::new(),
        retry: Duration::from_secs(3),
    };
    loop {
        match read_once(url, &mut heard).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => print_error(error),
        }
        if is_bare {
            return;
        }
        tokio::time::sleep(heard.retry).await;
    }
}

/// Returns whether there may be more to come.
async fn read_once(url: &str, heard: &mut Heard) -> Result<bool, Box<dyn Error>> {
    let mut request = Client::new().get(url).header("Accept", "text/event-stream");
    if !heard.last_event_id.is_empty() {
        request = request.header("Last-Event-ID", &heard.last_event_id);
    }
    let response = request.send().await?;
    if response.status() != StatusCode::OK {
        return Ok(false);
    }
    print("open");
    let mut events = response.bytes_stream().eventsource();
    while let Some(event) = events.next().await {
        let event = event?;
        if !event.id.is_empty() {
            heard.last_event_id.clone_from(&event.id);
        }
        heard.retry = event.retry.unwrap_or(heard.retry);
        print_event(&event.event, &event.id, &event.data);
    }
    Ok(true)
}
