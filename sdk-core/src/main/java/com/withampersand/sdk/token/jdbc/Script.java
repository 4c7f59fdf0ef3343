package com.withampersand.sdk.token.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The SQL that comes with the SDK: statements with semicolons, comments on lines of their own. */
final class Script {
  private static final Pattern CONDITION = Pattern.compile("(?m)^-- if (no )?column (\\w+)$");
  private static final Pattern COMMENT = Pattern.compile("(?m)^ *--(?! if ).*$");

  private Script() {}

  /** Returns the statements of a resource beside this class. */
  static List<Step> read(String resource) {
    return Arrays.stream(COMMENT.matcher(text(resource)).replaceAll("").split(";"))
        .map(Script::step)
        .filter(step -> !step.statement().isEmpty())
        .toList();
  }

  private static Step step(String text) {
    Matcher condition = CONDITION.matcher(text);
    boolean conditional = condition.find();
    return new Step(
        CONDITION.matcher(text).replaceAll("").strip(),
        conditional ? condition.group(2) : null,
        conditional && condition.group(1) == null);
  }

  private static String text(String resource) {
    try (InputStream stream =
        Objects.requireNonNull(Script.class.getResourceAsStream(resource), resource)) {
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A statement.
   *
   * @param statement its text
   * @param column the column that decides whether it is run; null if it always is
   * @param present whether that column must be there
   */
  record Step(String statement, @Nullable String column, boolean present) {}
}
