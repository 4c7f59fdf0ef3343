package com.withampersand.sdk.oauth;

import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.CallbackException.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Percent;
import com.withampersand.sdk.internal.Text;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a callback, decoded once. Those that the flow does not read may be anything.
 */
final class CallbackParameters {
  private static final Set<String> DENIALS = Set.of("access_denied", "access-denied");

  private static final List<String> NAMES =
      List.of("code", "state", "error", "error_description", "error_uri", "iss");

  private final @Nullable String[] values = new String[NAMES.size()];
  private final int[] counts = new int[NAMES.size()];

  private CallbackParameters() {}

  static CallbackParameters of(Map<String, List<String>> decoded) {
    CallbackParameters parameters = new CallbackParameters();
    decoded.forEach(
        (name, values) -> values.forEach(value -> parameters.add(NAMES.indexOf(name), value)));
    return parameters;
  }

  static CallbackParameters of(String rawQuery) {
    CallbackParameters parameters = new CallbackParameters();
    int start = rawQuery.startsWith("?") ? 1 : 0;
    while (start <= rawQuery.length()) {
      int end = indexOf('&', rawQuery, start, rawQuery.length());
      int nameEnd = indexOf('=', rawQuery, start, end);
      String value = decode(rawQuery, Math.min(nameEnd + 1, end), end);
      parameters.add(nameIndex(rawQuery, start, nameEnd), value);
      start = end + 1;
    }
    return parameters;
  }

  /** Returns the end if the character is not there. */
  private static int indexOf(char wanted, String text, int start, int end) {
    int at = start;
    while (at < end && text.charAt(at) != wanted) {
      at++;
    }
    return at;
  }

  private static int nameIndex(String query, int start, int end) {
    for (int i = 0; i < NAMES.size(); i++) {
      String name = NAMES.get(i);
      if (name.length() == end - start && query.startsWith(name, start)) {
        return i;
      }
    }
    return NAMES.indexOf(decode(query, start, end));
  }

  private void add(int index, String value) {
    if (index >= 0) {
      values[index] = value;
      counts[index]++;
    }
  }

  private static String decode(String query, int start, int end) {
    try {
      return Percent.decode(query, start, end);
    } catch (IllegalArgumentException e) {
      throw new CallbackException(
          Reason.MALFORMED,
          "The callback cannot be decoded: "
              + e.getMessage()
              + ". Pass on the query exactly as it arrived; let the user start again.");
    }
  }

  AuthorizationCallback toCallback() {
    String state = single("state");
    String error = single("error");
    String code = single("code");
    String issuer = single("iss");
    if (error != null) {
      String shown = Text.redacted(error, List.of());
      String description = single("error_description");
      String errorUri = single("error_uri");
      return DENIALS.contains(shown)
          ? new AuthorizationCallback.Declined(shown, description, errorUri, state, issuer)
          : new AuthorizationCallback.Failed(shown, description, errorUri, state, issuer);
    }
    if (code == null) {
      throw new CallbackException(
          Reason.INCOMPLETE,
          "The callback carries neither a code nor an error, so nothing can be exchanged. If a proxy or a framework"
              + " cut the query off, fix that; otherwise the callback was opened by hand.");
    }
    return new AuthorizationCallback.Approved(Secret.of(code), state, issuer);
  }

  private @Nullable String single(String name) {
    int index = NAMES.indexOf(name);
    if (counts[index] > 1) {
      throw new CallbackException(
          Reason.MALFORMED,
          "The callback gives \""
              + name
              + "\" "
              + counts[index]
              + " times, which no provider does. Nothing was"
              + " exchanged; let the user start again.");
    }
    String value = values[index];
    return value == null || value.isEmpty() ? null : value;
  }
}
