package com.withampersand.sdk.testkit;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The handlers by which a test answers calls of an API; the last one that fits counts. */
final class ApiAnswers {
  private final List<Entry> entries = new CopyOnWriteArrayList<>();
  private final Optional<ApiAnswers> whole;

  private record Entry(String method, Pattern path, ApiHandler handler) {
    boolean fits(ReceivedRequest request) {
      return method.equals(request.method()) && path.matcher(request.path()).matches();
    }
  }

  ApiAnswers() {
    this.whole = Optional.empty();
  }

  /** Creates the handlers of a part, which go before those of the whole. */
  ApiAnswers(ApiAnswers whole) {
    this.whole = Optional.of(whole);
  }

  void add(String method, String path, ApiHandler handler) {
    if (!path.startsWith("/") || path.contains("?") || Routes.isOAuth(path)) {
      throw new IllegalArgumentException("not the path of an API, without a query: " + path);
    }
    entries.add(0, new Entry(method, pattern(path), handler));
  }

  private static Pattern pattern(String path) {
    return Pattern.compile(
        Arrays.stream(path.split("\\*\\*", -1))
            .map(ApiAnswers::segments)
            .collect(Collectors.joining(".*")));
  }

  private static String segments(String path) {
    return Arrays.stream(path.split("\\*", -1))
        .map(Pattern::quote)
        .collect(Collectors.joining("[^/]*"));
  }

  Optional<ApiHandler> find(ReceivedRequest request) {
    return entries.stream()
        .filter(entry -> entry.fits(request))
        .map(Entry::handler)
        .findFirst()
        .or(() -> whole.flatMap(others -> others.find(request)));
  }
}
