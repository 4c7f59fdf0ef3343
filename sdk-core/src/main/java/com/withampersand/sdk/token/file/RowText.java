package com.withampersand.sdk.token.file;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.Version;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A row as the text of a file: a heading with a checksum of the rest, and a line for each value
 * that is not null. A file that was cut or altered does not fit its checksum.
 */
final class RowText {
  private static final String HEADING = "ampersand row 1 ";
  private static final int CHECKSUM_LENGTH = 8;

  private final StringBuilder text = new StringBuilder();

  private RowText() {}

  static byte[] encode(Row row) {
    Row.Lease lease = row.lease();
    return new RowText()
        .add("provider", row.key().provider())
        .add("groupRef", row.key().groupRef())
        .add("consumerRef", row.key().consumerRef())
        .add("revision", row.revision().text())
        .add("version", row.version())
        .add("consent", row.consent())
        .add("state", row.state())
        .add("client", row.client())
        .add("leaseNumber", lease == null ? null : lease.number())
        .add("leaseHolder", lease == null ? null : lease.holder())
        .add("leaseUntil", lease == null ? null : lease.until().millis())
        .add("leases", row.leases())
        .add("tokensAt", row.tokensAt().millis())
        .add("stateAt", row.stateAt().millis())
        .add("sentAt", row.sentAt().millis())
        .add("lookAt", row.lookAt().millis())
        .add("sealed", row.sealed())
        .bytes();
  }

  private RowText add(String name, @Nullable Object value) {
    if (value != null) {
      text.append(name).append('=').append(escape(value.toString())).append('\n');
    }
    return this;
  }

  private byte[] bytes() {
    byte[] rest = text.toString().getBytes(StandardCharsets.UTF_8);
    byte[] heading = heading(rest).getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(heading.length + rest.length).put(heading).put(rest).array();
  }

  private static String heading(byte[] rest) {
    CRC32 checksum = new CRC32();
    checksum.update(rest);
    return HEADING + "%08x".formatted(checksum.getValue()) + "\n";
  }

  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  private static String unescape(String value) {
    StringBuilder plain = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      plain.append(c == '\\' ? escaped(value.charAt(++i)) : c);
    }
    return plain.toString();
  }

  private static char escaped(char c) {
    return c == 'n' ? '\n' : c == 'r' ? '\r' : c;
  }

  /**
   * Returns the row in a file.
   *
   * @param readAt the store's time
   * @throws IllegalArgumentException if the file is not as it was written
   */
  static Row decode(byte[] bytes, StoreTime readAt) {
    try {
      return new Values(values(bytes)).row(readAt);
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("it is cut or altered", e);
    }
  }

  private static Map<String, String> values(byte[] bytes) {
    int begin = HEADING.length() + CHECKSUM_LENGTH + 1;
    String heading = new String(bytes, 0, begin, StandardCharsets.UTF_8);
    byte[] rest = Arrays.copyOfRange(bytes, begin, bytes.length);
    if (!heading.equals(heading(rest))) {
      throw new IllegalArgumentException("it is cut or altered");
    }
    Map<String, String> values = new HashMap<>();
    new String(rest, StandardCharsets.UTF_8).lines().forEach(line -> put(values, line));
    return values;
  }

  private static void put(Map<String, String> values, String line) {
    int end = line.indexOf('=');
    values.put(line.substring(0, end), unescape(line.substring(end + 1)));
  }

  /** The values in a file, by their names. */
  private record Values(Map<String, String> values) {
    Row row(StoreTime readAt) {
      return new Row(
          new ConnectionKey(text("provider"), text("groupRef"), text("consumerRef")),
          new Row.Revision(text("revision")),
          Version.parse(text("version")),
          values.get("consent"),
          text("state"),
          values.get("client"),
          lease(),
          number("leases"),
          time("tokensAt"),
          time("stateAt"),
          time("sentAt"),
          time("lookAt"),
          readAt,
          values.get("sealed"));
    }

    private Row.@Nullable Lease lease() {
      return values.containsKey("leaseNumber")
          ? new Row.Lease(number("leaseNumber"), text("leaseHolder"), time("leaseUntil"))
          : null;
    }

    private String text(String name) {
      return Optional.ofNullable(values.get(name))
          .orElseThrow(() -> new IllegalArgumentException("it has no " + name));
    }

    private long number(String name) {
      try {
        return Long.parseLong(text(name));
      } catch (NumberFormatException e) {
        // Its message quotes what stands there.
        throw new IllegalArgumentException("its " + name + " is not a number");
      }
    }

    private StoreTime time(String name) {
      return new StoreTime(number(name));
    }
  }
}
