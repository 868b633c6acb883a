use std::time::Duration;

use futures_util::StreamExt;
use reqwest_eventsource::{Error, Event, EventSource};

use crate::print::{print, print_error, print_event};

/// How long to wait before asking again.
const RETRY: Duration = Duration::from_secs(3);

pub async fn subscribe(url: &str, is_bare: bool) {
    let mut last_event_id = String::new();
    loop {
        let mut is_over = is_bare;
        let mut request = reqwest::Client::new().get(url);
        if !last_event_id.is_empty() {
            request = request.header("Last-Event-ID", &last_event_id);
        }
        let mut source = EventSource::new(request).expect("the request can be cloned");
        while let Some(event) = source.next().await {
            match event {
                Ok(Event::Open) => print("open"),
                Ok(Event::Message(it)) => {
                    if !it.id.is_empty() {
                        last_event_id.clone_from(&it.id);
                    }
                    print_event(&it.event, &it.id, &it.data);
                }
                Err(error) => {
                    is_over |= matches!(error, Error::InvalidStatusCode(..));
                    print_error(error);
                }
            }
        }
        // The library comes back by itself, unless the answer was no stream.
        if is_over {
            return;
        }
        tokio::time::sleep(RETRY).await;
    }
}
