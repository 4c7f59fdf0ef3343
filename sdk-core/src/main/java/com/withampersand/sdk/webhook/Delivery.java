package com.withampersand.sdk.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.withampersand.sdk.WebhookException;
import com.withampersand.sdk.WebhookException.Reason;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a delivery say. None of it is trusted before a signature fits.
 *
 * @param timestamp the seconds since 1970, in the digits that were signed
 * @param signatures each with its version in front, as in {@code v1,base64}
 */
record Delivery(String id, String timestamp, List<byte[]> signatures) {
  private static final String VERSION = "v1,";

  /** Twelve digits are enough until the year 33658. */
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");

  private static final Pattern ANY = Pattern.compile(".*", Pattern.DOTALL);

  /** Visible ASCII, so that no two ids are signed as the same bytes. */
  private static final Pattern ID = Pattern.compile("[!-~]+");

  /** Svix's own names go first, as in Svix's libraries. */
  static Delivery of(Function<? super String, ? extends @Nullable Collection<String>> headers) {
    boolean renamed =
        values(headers, "svix-signature").isEmpty()
            && !values(headers, "webhook-signature").isEmpty();
    String prefix = renamed ? "webhook-" : "svix-";
    String id = header(headers, prefix + "id", ID, "has characters that are not allowed");
    String timestamp =
        header(headers, prefix + "timestamp", SECONDS, "is not a number of seconds since 1970");
    String signatures = header(headers, prefix + "signature", ANY, "is not readable");
    return new Delivery(
        id,
        timestamp,
        Arrays.stream(signatures.split(" ", -1))
            .map(signature -> signature.getBytes(UTF_8))
            .toList());
  }

  private static String header(
      Function<? super String, ? extends @Nullable Collection<String>> headers,
      String name,
      Pattern pattern,
      String otherwise) {
    List<String> values = values(headers, name);
    if (values.size() > 1) {
      throw malformed(name, "is there " + values.size() + " times");
    }
    if (values.isEmpty() || values.get(0).isBlank()) {
      throw malformed(name, "is missing: Ampersand did not send this, or a proxy removed it");
    }
    if (!pattern.matcher(values.get(0)).matches()) {
      throw malformed(name, otherwise);
    }
    return values.get(0);
  }

  private static List<String> values(
      Function<? super String, ? extends @Nullable Collection<String>> headers, String name) {
    Collection<String> values = headers.apply(name);
    return values == null ? List.of() : values.stream().filter(Objects::nonNull).toList();
  }

  private static WebhookException malformed(String name, String problem) {
    return new WebhookException(Reason.HEADERS, "The header " + name + " " + problem + ".");
  }

  /** Returns the signature that each of the keys makes. */
  List<byte[]> expected(List<SigningKey> keys, byte[] body) {
    byte[] prefix = (id + "." + timestamp + ".").getBytes(UTF_8);
    return keys.stream().map(key -> text(key.sign(prefix, body))).toList();
  }

  /** Compared as text: base64 has several spellings of the same bytes, and one is Svix's. */
  private static byte[] text(byte[] signature) {
    return (VERSION + Base64.getEncoder().encodeToString(signature)).getBytes(UTF_8);
  }

  Instant sentAt() {
    return Instant.ofEpochSecond(Long.parseLong(timestamp));
  }
}
