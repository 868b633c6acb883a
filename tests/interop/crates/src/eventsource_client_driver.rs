use std::time::Duration;

use eventsource_client::{Client, ClientBuilder, ReconnectOptions, SSE};
use futures_util::StreamExt;
use launchdarkly_sdk_transport::HyperTransport;

use crate::print::{print, print_error, print_event};

pub async fn subscribe(url: &str, is_bare: bool) {
    let transport = HyperTransport::builder()
        .build_http()
        .expect("a transport without options can be built");
    let mut builder = ClientBuilder::for_url(url).expect("the URL is valid");
    if !is_bare {
        // Without it, a first attempt that fails is the last one.
        let options = ReconnectOptions::reconnect(true)
            .retry_initial(true)
            .delay_max(Duration::from_secs(5));
        builder = builder.reconnect(options.build());
    }
    let mut stream = builder.build_with_transport(transport).stream();
    while let Some(event) = stream.next().await {
        match event {
            Ok(SSE::Connected(_)) => print("open"),
            Ok(SSE::Event(it)) => {
                print_event(&it.event_type, &it.id.unwrap_or_default(), &it.data)
            }
            Ok(SSE::Comment(_)) => {}
            Err(error) => print_error(format!("{error:?}")),
        }
    }
}
