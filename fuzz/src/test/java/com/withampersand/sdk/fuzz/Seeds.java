package com.withampersand.sdk.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The inputs of a target: those that are kept, the same with their secrets written in other ways,
 * and big ones, which are made and not kept.
 */
final class Seeds {
  static final Path CORPUS = Path.of("src", "test", "resources", "corpus");

  private static final int MEBIBYTE = 1 << 20;

  /** How a server may write a secret that it was sent. */
  private static final Map<String, UnaryOperator<String>> WAYS =
      Map.of(
          "percent",
          Forms::percent,
          "json",
          Forms::escaped,
          "base64",
          Seeds::base64,
          "base64-1",
          secret -> base64("x" + secret),
          "base64-2",
          secret -> base64("xy" + secret),
          "hex",
          secret -> HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8)));

  /** What stands before a long answer and behind it, for those that may be a mebibyte long. */
  private static final Map<String, List<String>> LONG =
      Map.of(
          "token-answer",
          answers(),
          "salesforce-answer",
          answers(),
          "mint",
          answers(),
          "problem",
          answers(),
          "resource-refusal",
          List.of(
              "400\n~~\n\n~~\n{\"error\":\"x\",\"error_description\":\"*\"}", "500\n~~\n\n~~\n*"),
          "webhook",
          List.of("*\n~~\n1795780800\n~~\n\n~~\n{\"errors\":[\"*\"]}"));

  private Seeds() {}

  private static List<String> answers() {
    return List.of(
        "400\n~~\napplication/json\n~~\n{\"error\":\"x\",\"error_description\":\"*\"}",
        "200\n~~\napplication/json\n~~\n{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"x\":\"*\"}",
        "200\n~~\napplication/x-www-form-urlencoded\n~~\naccess_token=t&token_type=Bearer&x=*");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns all inputs of a target by their names. */
  static Map<String, byte[]> of(String target) {
    Map<String, byte[]> seeds = new TreeMap<>();
    kept(target)
        .forEach(
            (name, bytes) -> {
              seeds.put(name, bytes);
              addEncoded(name, bytes, seeds);
            });
    return seeds;
  }

  /** Returns the inputs of a target that are files. */
  static Map<String, byte[]> kept(String target) {
    Map<String, byte[]> kept = new TreeMap<>();
    try (Stream<Path> files = Files.list(CORPUS.resolve(target))) {
      for (Path file : files.toList()) {
        kept.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return kept;
  }

  /** Files with other bytes than UTF-8 stay as they are. */
  private static void addEncoded(String name, byte[] bytes, Map<String, byte[]> seeds) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    WAYS.forEach(
        (way, writing) -> {
          String written = text;
          for (String secret : Canary.ALL) {
            written = written.replace(secret, writing.apply(secret));
          }
          if (!written.equals(text)) {
            seeds.put(name + "-" + way, written.getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  /** Returns inputs as long as an answer may be, and a little longer; none for most targets. */
  static Map<String, byte[]> big(String target) {
    Map<String, byte[]> big = new TreeMap<>();
    for (String frame : LONG.getOrDefault(target, List.of())) {
      for (String piece : List.of("a", "\\\\u00e9 ", Canary.CLIENT_SECRET + " ", "&a=%2A")) {
        big.put("big-" + big.size(), filled(frame, piece, MEBIBYTE - frame.length()));
        big.put("big-" + big.size(), filled(frame, piece, MEBIBYTE + frame.length()));
      }
    }
    return big;
  }

  private static byte[] filled(String frame, String piece, int length) {
    String filling = piece.repeat(length / piece.length());
    return frame.replace("*", filling).getBytes(StandardCharsets.UTF_8);
  }
}
