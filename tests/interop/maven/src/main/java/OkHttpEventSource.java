import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.FaultEvent;
import com.launchdarkly.eventsource.HttpConnectStrategy;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.StartedEvent;
import com.launchdarkly.eventsource.StreamEvent;
import com.launchdarkly.eventsource.StreamException;
import java.net.URI;
import java.util.concurrent.TimeUnit;

final class OkHttpEventSource {
  private static final int READ_TIMEOUT_S = 60;

  static void subscribe(String url, boolean isBare) {
    HttpConnectStrategy connect = ConnectStrategy.http(URI.create(url));
    // Without a timeout of one's own, a stream is cut after a few seconds of silence.
    if (!isBare) connect = connect.readTimeout(READ_TIMEOUT_S, TimeUnit.SECONDS);
    EventSource.Builder builder = new EventSource.Builder(connect);
    // Without a strategy, each end and each failure is thrown.
    if (!isBare) builder.errorStrategy(ErrorStrategy.alwaysContinue());
    try (EventSource source = builder.build()) {
      while (true) {
        StreamEvent event = source.readAnyEvent();
        if (event instanceof StartedEvent) {
          Printing.print("open");
        } else if (event instanceof FaultEvent fault) {
          Printing.printError(fault.getCause());
        } else if (event instanceof MessageEvent message) {
          Printing.printEvent(message.getEventName(), message.getLastEventId(), message.getData());
        }
      }
    } catch (StreamException error) {
      Printing.printError(error);
    }
  }
}
