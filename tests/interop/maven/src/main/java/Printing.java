import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** One line of JSON each: open, event with type, id and data, error with message, or end. */
final class Printing {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  static void print(String kind) {
    print(lineOf(kind));
  }

  static void printEvent(String type, String id, String data) {
    JsonObject line = lineOf("event");
    line.addProperty("type", type == null ? "message" : type);
    line.addProperty("id", id == null ? "" : id);
    line.addProperty("data", data);
    print(line);
  }

  static void printError(Throwable error) {
    JsonObject line = lineOf("error");
    line.addProperty("message", String.valueOf(error));
    print(line);
  }

  private static JsonObject lineOf(String kind) {
    JsonObject line = new JsonObject();
    line.addProperty("kind", kind);
    return line;
  }

  private static synchronized void print(JsonObject line) {
    OUT.println(line);
  }
}
