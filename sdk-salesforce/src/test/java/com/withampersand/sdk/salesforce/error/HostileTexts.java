package com.withampersand.sdk.salesforce.error;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Explains hostile texts, and prints how long the ones of each length took. Run by a test in a JVM
 * of its own with a small heap.
 */
final class HostileTexts {
  static final int TEXTS = 10_000;

  private static final int LONGEST_SHOWN = 5_000;

  /** Time of the processor, so that other programs do not count. */
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static final List<String> PIECES =
      List.of(
          "&sid=%2A%2A",
          "&access_token=%2A%2A%2A%2A%2A%2A",
          "&code=******",
          "error=",
          "?error=x&error_description=****************",
          "&error_description=",
          "error_description=" + "a".repeat(200),
          "&state=" + "b".repeat(200),
          "tokentokentokentoken=",
          "&client_secret=aaaaaaaaaaaa",
          "{\"error\":",
          "[".repeat(100),
          "{\"a\":".repeat(50),
          "&amp;".repeat(20),
          "%25".repeat(20),
          "%u0041%",
          "error code: 1800 ",
          "OAUTH_".repeat(10),
          "a_b".repeat(30),
          "<exceptionCode>" + " ".repeat(50),
          "<faultcode>sf:" + "A".repeat(64),
          "\u202e\u2028\u0000",
          "\ud83d",
          " = = = = ",
          "invalid_grant ",
          "{\"errorCode\":\"INVALID_SESSION_ID\",\"message\":\"",
          "u'error': u'invalid_grant', u'error_description': u'",
          "exceptionCode='InvalidSessionId' exceptionMessage='",
          "\\\\\\\"error\\\\\\\" : [",
          "<error " + " ".repeat(100),
          "<error>invalid_grant</error><message>",
          "INVALID_SESSION_ID: " + "x ".repeat(100),
          "Authentication failure!",
          "<html>down for ",
          "expired access/refresh token ");

  private HostileTexts() {}

  public static void main(String[] args) {
    for (int length : new int[] {1 << 10, 1 << 12, 1 << 14, 1 << 16}) {
      // The first round warms up.
      long nanos = 0;
      for (int round = 0; round < 2; round++) {
        nanos = explainAll(length, new Random(round));
      }
      System.out.printf(Locale.ROOT, "%d %d%n", length, nanos);
    }
  }

  private static long explainAll(int length, Random random) {
    long nanos = 0;
    for (int i = 0; i < TEXTS / 8; i++) {
      String text = text(length, random);
      long start = THREADS.getCurrentThreadCpuTime();
      String shown =
          SalesforceError.explain(text).map(SalesforceError::toString).orElse("")
              + SalesforceRefusal.of(401, text);
      if (shown.length() > LONGEST_SHOWN) {
        throw new IllegalStateException("it shows " + shown.length() + " characters");
      }
      nanos += THREADS.getCurrentThreadCpuTime() - start;
    }
    return nanos;
  }

  /** One piece again and again, or many pieces mixed. */
  private static String text(int length, Random random) {
    StringBuilder text =
        new StringBuilder(
            random.nextBoolean() ? "?error=x&error_description=****************" : "");
    boolean isMixed = random.nextBoolean();
    String piece = PIECES.get(random.nextInt(PIECES.size()));
    while (text.length() < length) {
      text.append(isMixed ? PIECES.get(random.nextInt(PIECES.size())) : piece);
    }
    return text.substring(0, length);
  }
}
