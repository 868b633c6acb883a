import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;

/** The library reads one answer: connecting again is the caller's, and it hides the server's retry. */
final class OkHttpSse {
  private static final Duration RETRY = Duration.ofSeconds(3);

  private volatile String lastEventId = "";
  private volatile boolean isOver = false;

  static void subscribe(String url, boolean isBare) throws InterruptedException {
    OkHttpClient.Builder client = new OkHttpClient.Builder();
    // Without it, OkHttp cuts a stream after 10 s of silence.
    if (!isBare) client.readTimeout(Duration.ofSeconds(60));
    new OkHttpSse().run(EventSources.createFactory(client.build()), url, isBare);
  }

  private void run(EventSource.Factory factory, String url, boolean isBare)
      throws InterruptedException {
    while (true) {
      Request.Builder request = new Request.Builder().url(url);
      if (!lastEventId.isEmpty()) request.header("Last-Event-ID", lastEventId);
      CountDownLatch done = new CountDownLatch(1);
      factory.newEventSource(request.build(), new Listener(done));
      done.await();
      if (isBare || isOver) return;
      Thread.sleep(RETRY.toMillis());
    }
  }

  private final class Listener extends EventSourceListener {
    private final CountDownLatch done;

    Listener(CountDownLatch done) {
      this.done = done;
    }

    @Override
    public void onOpen(EventSource source, Response response) {
      Printing.print("open");
    }

    @Override
    public void onEvent(EventSource source, String id, String type, String data) {
      if (id != null) lastEventId = id;
      Printing.printEvent(type, id, data);
    }

    @Override
    public void onClosed(EventSource source) {
      done.countDown();
    }

    @Override
    public void onFailure(EventSource source, Throwable error, Response response) {
      isOver = response != null && response.code() != 200;
      Printing.printError(error);
      done.countDown();
    }
  }
}
