package com.withampersand.sdk.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What storms did: requests and failures of each, and how long the slowest waited. */
final class StormTable {
  private final Map<String, List<Row>> rows = new LinkedHashMap<>();

  private record Row(double millis, double failed, int requests, int refused) {}

  void add(String contestant, Reading reading, TokenServer server) {
    rows.computeIfAbsent(contestant, name -> new ArrayList<>())
        .add(new Row(reading.cost(), reading.bytes(), server.requests(), server.refused()));
  }

  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder(
            """

            ### storm: 200 threads, token over, refresh tokens rotate, server takes 200 ms

            | | requests | refused | calls failed | slowest, ms |
            |---|---:|---:|---:|---:|
            """);
    rows.forEach((name, all) -> text.append(row(name, all)));
    return text.toString();
  }

  private static String row(String name, List<Row> all) {
    return "| %s | %s | %s | %s | %s |%n"
        .formatted(
            name,
            each(all, row -> "" + row.requests()),
            each(all, row -> "" + row.refused()),
            each(all, row -> "%.0f".formatted(row.failed())),
            each(all, row -> "%.0f".formatted(row.millis())));
  }

  private static String each(List<Row> all, Function<Row, String> what) {
    return all.stream().map(what).collect(Collectors.joining(", "));
  }
}
