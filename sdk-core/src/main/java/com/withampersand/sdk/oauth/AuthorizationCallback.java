package com.withampersand.sdk.oauth;

import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Text;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the provider sent back with the user's browser: {@link Approved}, {@link Denied} or {@link
 * Refused}. Parsing tells them apart and judges nothing: the state is checked by {@link
 * OAuthFlow#exchange}.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2">RFC 6749, section 4.1.2</a>
 */
public abstract sealed class AuthorizationCallback {
  private final @Nullable String state;

  private AuthorizationCallback(@Nullable String state) {
    this.state = state;
  }

  /** Returns the state that came back; some providers leave it out of their errors. */
  public Optional<String> state() {
    return Optional.ofNullable(state);
  }

  /**
   * Parses the address to which the browser was sent.
   *
   * @throws CallbackException if it carries neither a code nor an error, a parameter twice, or what
   *     cannot be decoded
   */
  public static AuthorizationCallback parse(URI redirect) {
    String query = redirect.getRawQuery();
    return parse(query == null ? "" : query);
  }

  /**
   * Parses a query string as it arrived, not decoded; a leading question mark is skipped.
   *
   * @throws CallbackException if it carries neither a code nor an error, a parameter twice, or what
   *     cannot be decoded
   */
  public static AuthorizationCallback parse(String rawQuery) {
    return CallbackParameters.of(rawQuery).toCallback();
  }

  /**
   * Reads parameters that were decoded before, as a servlet's {@code getParameterMap()} returns
   * them.
   *
   * @throws CallbackException if they hold neither a code nor an error, or a parameter twice
   */
  public static AuthorizationCallback parse(Map<String, String[]> parameters) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    parameters.forEach((name, values) -> lists.put(name, Arrays.asList(values)));
    return new CallbackParameters(lists).toCallback();
  }

  /** The user consented, and the provider sent a code. */
  public static final class Approved extends AuthorizationCallback {
    private final Secret code;

    Approved(Secret code, @Nullable String state) {
      super(state);
      this.code = Objects.requireNonNull(code, "code");
    }

    /** Returns the authorization code, decoded once. */
    public Secret code() {
      return code;
    }

    /** Returns a text without the code and the state. */
    @Override
    public String toString() {
      return "Approved[code " + code + "]";
    }
  }

  /** The user said no. */
  public static final class Denied extends Refusal {
    Denied(
        String error,
        @Nullable String description,
        @Nullable String errorUri,
        @Nullable String state) {
      super(error, description, errorUri, state);
    }
  }

  /**
   * The provider refused before the user could consent, or after: the app, the user or the org is
   * not set up for it.
   */
  public static final class Refused extends Refusal {
    Refused(
        String error,
        @Nullable String description,
        @Nullable String errorUri,
        @Nullable String state) {
      super(error, description, errorUri, state);
    }
  }

  /**
   * A callback without a code. Its texts come from outside: escape them before they are shown in a
   * page.
   */
  public abstract static sealed class Refusal extends AuthorizationCallback {
    private final String error;
    private final @Nullable String description;
    private final @Nullable String errorUri;

    private Refusal(
        String error,
        @Nullable String description,
        @Nullable String errorUri,
        @Nullable String state) {
      super(state);
      this.error = error;
      this.description = description;
      this.errorUri = errorUri;
    }

    /** Returns the provider's error code, an open string. */
    public String error() {
      return error;
    }

    /**
     * Returns the provider's explanation, if it sent one, without control characters and what looks
     * like a token.
     */
    public Optional<String> description() {
      return Optional.ofNullable(description).map(text -> Text.redacted(text, List.of()));
    }

    /** Returns the address of a page about the error, if the provider named one; not checked. */
    public Optional<String> errorUri() {
      return Optional.ofNullable(errorUri).map(text -> Text.redacted(text, List.of()));
    }

    /** Returns error and description. */
    @Override
    public String toString() {
      return getClass().getSimpleName()
          + "["
          + error
          + description().map(text -> ": " + text).orElse("")
          + "]";
    }
  }
}
