/** Subscribes with one library, and prints what it hears: java Drivers <library> <url> [bare] */
public final class Drivers {
  public static void main(String[] arguments) throws InterruptedException {
    boolean isBare = arguments.length > 2 && arguments[2].equals("bare");
    switch (arguments[0]) {
      case "okhttp-sse" -> OkHttpSse.subscribe(arguments[1], isBare);
      case "okhttp-eventsource" -> OkHttpEventSource.subscribe(arguments[1], isBare);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    Printing.print("end");
    System.exit(0);
  }
}
