package com.withampersand.sdk.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What was read of one operation, as a Markdown table with ratios to the first row, the floor. */
public final class Table {
  private final String title;
  private final String unit;
  private final Map<String, List<Reading>> rows = new LinkedHashMap<>();

  /**
   * Starts a table.
   *
   * @param title what was done
   * @param unit of the cost
   */
  public Table(String title, String unit) {
    this.title = title;
    this.unit = unit;
  }

  void add(String row, Reading reading) {
    rows.computeIfAbsent(row, name -> new ArrayList<>()).add(reading);
  }

  /** Adds what one process measured. */
  public void add(String row, double cost, double bytes) {
    add(row, Reading.of(cost, bytes));
  }

  @Override
  public String toString() {
    boolean hasBytes = rows.values().stream().flatMap(List::stream).anyMatch(r -> r.bytes() > 0.5);
    StringBuilder text =
        new StringBuilder("\n### " + title + "\n\n| | " + unit + " | spread | × floor |");
    text.append(hasBytes ? " bytes | × floor |\n" : "\n");
    text.append("|---|---:|---:|---:|").append(hasBytes ? "---:|---:|\n" : "\n");
    rows.forEach((name, readings) -> text.append(row(name, readings, hasBytes)));
    return text.toString();
  }

  private String row(String name, List<Reading> readings, boolean hasBytes) {
    List<Reading> floor = rows.values().iterator().next();
    double cost = median(readings, Reading::cost);
    String row =
        "| %s | %s | %s–%s | %.2f |"
            .formatted(
                name,
                shown(cost),
                shown(readings.stream().mapToDouble(Reading::cost).min().orElseThrow()),
                shown(readings.stream().mapToDouble(Reading::cost).max().orElseThrow()),
                cost / median(floor, Reading::cost));
    double bytes = median(readings, Reading::bytes);
    double least = median(floor, Reading::bytes);
    String ratio = least < 1 ? "–" : "%.2f".formatted(bytes / least);
    return hasBytes ? row + " %,.0f | %s |%n".formatted(bytes, ratio) : row + "\n";
  }

  private static String shown(double cost) {
    return cost < 100 ? "%.1f".formatted(cost) : "%,.0f".formatted(cost);
  }

  static double median(List<Reading> readings, ToDoubleFunction<Reading> what) {
    double[] sorted = readings.stream().mapToDouble(what).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
