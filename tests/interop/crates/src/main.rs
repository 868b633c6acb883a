//! Subscribes with one library, and prints what it hears: drivers <library> <url> [bare]

mod eventsource_client_driver;
mod eventsource_stream_driver;
mod print;
mod reqwest_eventsource_driver;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let (library, url) = (arguments[1].as_str(), arguments[2].as_str());
    let is_bare = arguments.get(3).is_some_and(|it| it == "bare");
    match library {
        "eventsource-client" => eventsource_client_driver::subscribe(url, is_bare).await,
        "eventsource-stream" => eventsource_stream_driver::subscribe(url, is_bare).await,
        "reqwest-eventsource" => reqwest_eventsource_driver::subscribe(url, is_bare).await,
        _ => panic!("there is no driver for {library}"),
    }
    print::print("end");
}
