package com.withampersand.sdk.oauth;

import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.CallbackException.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Percent;
import com.withampersand.sdk.internal.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a callback, decoded once. Those that the flow does not read may be anything.
 */
final class CallbackParameters {
  private static final Set<String> DENIALS = Set.of("access_denied", "access-denied");

  private final Map<String, List<String>> parameters;

  CallbackParameters(Map<String, List<String>> parameters) {
    this.parameters = parameters;
  }

  static CallbackParameters of(String rawQuery) {
    String query = rawQuery.startsWith("?") ? rawQuery.substring(1) : rawQuery;
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      parameters.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    }
    return new CallbackParameters(parameters);
  }

  private static String decode(String text) {
    try {
      return Percent.decode(text);
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
    List<String> values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw new CallbackException(
          Reason.MALFORMED,
          "The callback gives \""
              + name
              + "\" "
              + values.size()
              + " times, which no provider does. Nothing was"
              + " exchanged; let the user start again.");
    }
    return values.isEmpty() || values.get(0).isEmpty() ? null : values.get(0);
  }
}
