package com.withampersand.sdk.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** Draws samples as lines over time, one panel for each thing that has to stay flat. */
final class Plot {
  private static final int WIDTH = 820;
  private static final int LEFT = 60;
  private static final int PANEL = 100;
  private static final int GAP = 34;
  private static final List<String> SURVIVORS = List.of("#2563eb", "#059669", "#9333ea");
  private static final String KILLED = "#d97706";

  private final StringBuilder svg = new StringBuilder();
  private final Map<String, List<Sample>> processes;
  private final List<int[]> outages;
  private final int seconds;

  /**
   * Creates a plot.
   *
   * @param samples their seconds counted from the beginning of all
   * @param outages first and last second of each time without a database
   */
  Plot(List<Sample> samples, List<int[]> outages) {
    this.processes =
        samples.stream()
            .collect(Collectors.groupingBy(Sample::process, TreeMap::new, Collectors.toList()));
    this.outages = outages;
    this.seconds = Math.max(1, samples.stream().mapToInt(Sample::second).max().orElse(1));
  }

  String draw() {
    int height = 4 * (PANEL + GAP) + 24;
    svg.append(
        ("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                + " font-size=\"12\" fill=\"#6b7280\">%n")
            .formatted(WIDTH, height));
    panel(0, "heap after a collection, MB", sample -> sample.heap() / 1024);
    panel(1, "threads", Sample::threads);
    panel(2, "open files and sockets", Sample::files);
    panel(3, "connections to the database", Sample::connections);
    svg.append(
        "<text x=\"%d\" y=\"%d\">minutes; gray: no database; orange: processes that were killed or began late</text>%n"
            .formatted(LEFT, height - 6));
    return svg.append("</svg>\n").toString();
  }

  private void panel(int number, String title, ToIntFunction<Sample> value) {
    int top = number * (PANEL + GAP) + 20;
    int highest = processes.values().stream().flatMap(List::stream).mapToInt(value).max().orElse(1);
    for (int[] outage : outages) {
      svg.append(
          "<rect x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\" fill=\"#9ca3af\" opacity=\"0.4\"/>%n"
              .formatted(text(x(outage[0])), top, text(x(outage[1]) - x(outage[0])), PANEL));
    }
    svg.append("<text x=\"%d\" y=\"%d\">%s</text>%n".formatted(LEFT, top - 5, title));
    svg.append(
        "<path d=\"M%d %d V%d H%d\" fill=\"none\" stroke=\"#9ca3af\"/>%n"
            .formatted(LEFT, top, top + PANEL, WIDTH - 10));
    svg.append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d</text>%n"
            .formatted(LEFT - 6, top + 10, highest));
    minutes(top + PANEL + 13);
    int color = 0;
    for (List<Sample> samples : processes.values()) {
      boolean lives =
          samples.get(samples.size() - 1).second() - samples.get(0).second() > seconds / 2;
      String stroke = lives ? SURVIVORS.get(color++ % SURVIVORS.size()) : KILLED;
      svg.append(line(samples, value, top, highest, stroke));
    }
  }

  private void minutes(int y) {
    int step = seconds > 600 ? 300 : 60;
    for (int second = 0; second <= seconds; second += step) {
      svg.append(
          "<text x=\"%s\" y=\"%d\" text-anchor=\"middle\">%d</text>%n"
              .formatted(text(x(second)), y, second / 60));
    }
  }

  private String line(
      List<Sample> samples, ToIntFunction<Sample> value, int top, int highest, String color) {
    List<String> points = new ArrayList<>();
    for (Sample sample : samples) {
      double y = top + PANEL - (double) PANEL * value.applyAsInt(sample) / Math.max(1, highest);
      points.add(text(x(sample.second())) + "," + text(y));
    }
    return "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>%n"
        .formatted(String.join(" ", points), color);
  }

  private double x(int second) {
    return LEFT + (double) (WIDTH - LEFT - 10) * second / seconds;
  }

  private static String text(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }
}
