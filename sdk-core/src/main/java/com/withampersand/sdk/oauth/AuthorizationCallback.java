package com.withampersand.sdk.oauth;

import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.CallbackException.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Text;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the provider sent back with the user's browser: {@link Approved}, {@link Declined} or {@link
 * Failed}. Parsing tells them apart and judges nothing: the state is checked by {@link
 * OAuthFlow#exchange}.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2">RFC 6749, section 4.1.2</a>
 */
public abstract sealed class AuthorizationCallback {
  private static final Pattern HTTP_URL = Pattern.compile("(?i)https?://");

  private final @Nullable String state;
  private final @Nullable String issuer;

  private AuthorizationCallback(@Nullable String state, @Nullable String issuer) {
    this.state = state;
    this.issuer = issuer;
  }

  /** Returns the state that came back; some providers leave it out of their errors. */
  public Optional<String> state() {
    return Optional.ofNullable(state);
  }

  /**
   * Returns the id of the request that this callback answers, to find what was kept by {@link
   * AuthorizationRequest#id()}; empty if the callback has no state.
   */
  public Optional<String> requestId() {
    return state().map(AuthorizationRequest::idOf);
  }

  /**
   * Returns the provider's own word on who sent this ({@code iss}), if it gave one; the flow checks
   * it.
   *
   * @see <a href="https://www.rfc-editor.org/rfc/rfc9207">RFC 9207</a>
   */
  public Optional<String> issuer() {
    return Optional.ofNullable(issuer);
  }

  /**
   * Reads the URI to which the browser was sent.
   *
   * @throws CallbackException if it has neither {@code code} nor {@code error}, repeats a
   *     parameter, or cannot be decoded
   */
  public static AuthorizationCallback fromUri(URI redirect) {
    String query = redirect.getRawQuery();
    return CallbackParameters.of(query == null ? "" : query).toCallback();
  }

  /**
   * Reads the query of the callback, still percent-encoded, with or without the leading {@code ?};
   * null if there is none.
   *
   * @throws CallbackException if it has neither {@code code} nor {@code error}, repeats a
   *     parameter, cannot be decoded, or is a whole URL, which {@link #fromUri} reads
   */
  public static AuthorizationCallback fromQuery(@Nullable String rawQuery) {
    if (rawQuery == null) {
      return CallbackParameters.of("").toCallback();
    }
    if (HTTP_URL.matcher(rawQuery).lookingAt()) {
      throw new CallbackException( // anyone can open a callback with such a query
          Reason.MALFORMED,
          "This is a whole URL, not the query behind its question mark. If your code passes on the URL, use AuthorizationCallback.fromUri.");
    }
    return CallbackParameters.of(rawQuery).toCallback();
  }

  /**
   * Reads parameters that were decoded before, as a servlet's {@code getParameterMap()} returns
   * them. Names and values that are null are left out.
   *
   * @throws CallbackException if they have neither {@code code} nor {@code error}, or repeat a
   *     parameter
   */
  public static AuthorizationCallback fromParameters(Map<String, String[]> parameters) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    parameters.forEach(
        (name, values) -> {
          if (name != null && values != null) {
            lists.put(name, Arrays.stream(values).filter(Objects::nonNull).toList());
          }
        });
    return CallbackParameters.of(lists).toCallback();
  }

  /** The user consented, and the provider sent a code. */
  public static final class Approved extends AuthorizationCallback {
    private final Secret code;

    Approved(Secret code, @Nullable String state, @Nullable String issuer) {
      super(state, issuer);
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
  public static final class Declined extends Refusal {
    Declined(
        String error,
        @Nullable String description,
        @Nullable String errorUri,
        @Nullable String state,
        @Nullable String issuer) {
      super(error, description, errorUri, state, issuer);
    }
  }

  /**
   * The provider refused before the user could consent, or after: the app, the user or the org is
   * not set up for it.
   */
  public static final class Failed extends Refusal {
    Failed(
        String error,
        @Nullable String description,
        @Nullable String errorUri,
        @Nullable String state,
        @Nullable String issuer) {
      super(error, description, errorUri, state, issuer);
    }
  }

  /**
   * A callback without a code. Its texts come from outside: escape them before they are shown in a
   * page.
   */
  abstract static sealed class Refusal extends AuthorizationCallback {
    private final String error;
    private final @Nullable String description;
    private final @Nullable String errorUri;

    private Refusal(
        String error,
        @Nullable String description,
        @Nullable String errorUri,
        @Nullable String state,
        @Nullable String issuer) {
      super(state, issuer);
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

    /**
     * Returns the address of a page about the error, if the provider named one: an http or https
     * URL, and any other is left out. Anyone can open your callback with one of their own.
     */
    public Optional<String> errorUri() {
      return Optional.ofNullable(errorUri)
          .filter(text -> HTTP_URL.matcher(text).lookingAt())
          .map(text -> Text.redacted(text, List.of()));
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
