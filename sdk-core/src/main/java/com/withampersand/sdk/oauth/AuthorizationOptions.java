package com.withampersand.sdk.oauth;

import com.withampersand.sdk.internal.Text;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one request for consent asks for beyond the ordinary.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class AuthorizationOptions {
  /** What the provider shall ask of the user, even if it need not. */
  public enum Prompt {
    /** To log in again: helps where the browser is logged in as another user. */
    LOGIN,
    /** To consent again. */
    CONSENT,
    /** To choose among accounts. */
    SELECT_ACCOUNT
  }

  private static final AuthorizationOptions NONE = builder().build();

  /** 128 bits in base64url. */
  private static final int SHORTEST_BINDING = 22;

  private static final Set<String> RESERVED =
      Set.of(
          "response_type",
          "response_mode",
          "request",
          "request_uri",
          "client_id",
          "client_secret",
          "redirect_uri",
          "scope",
          "state",
          "code",
          "code_challenge",
          "code_challenge_method",
          "code_verifier");

  private final Map<String, String> parameters;
  private final @Nullable Scopes scopes;
  private final String payload;
  private final @Nullable BrowserBinding binding;
  private final @Nullable String expectedOrg;

  private AuthorizationOptions(Builder builder) {
    this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(builder.parameters));
    this.scopes = builder.scopes;
    this.payload = builder.payload;
    this.binding = builder.binding;
    this.expectedOrg = builder.expectedOrg;
  }

  /** Returns options that ask for nothing. */
  public static AuthorizationOptions none() {
    return NONE;
  }

  /** Starts options. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the parameters that go into the authorization URL beside those of the flow, in order.
   */
  public Map<String, String> parameters() {
    return parameters;
  }

  /** Returns the scopes to ask for in place of the app's, if any were named. */
  public Optional<Scopes> scopes() {
    return Optional.ofNullable(scopes);
  }

  /** Returns the text that comes back with the callback; empty if none was given. */
  public String payload() {
    return payload;
  }

  /** Returns the browser that a signed state is tied to, if one was given. */
  public Optional<BrowserBinding> binding() {
    return Optional.ofNullable(binding);
  }

  /** Returns the org that must answer, if one was named. */
  public Optional<String> expectedOrg() {
    return Optional.ofNullable(expectedOrg);
  }

  /** Builds {@link AuthorizationOptions}. Not safe to share between threads. */
  public static final class Builder {
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private @Nullable Scopes scopes;
    private String payload = "";
    private @Nullable BrowserBinding binding;
    private @Nullable String expectedOrg;

    private Builder() {}

    /** Asks for some of the app's scopes only; the default is all of them. */
    public Builder scopes(Scopes scopes) {
      this.scopes = Objects.requireNonNull(scopes, "scopes");
      return this;
    }

    /**
     * Makes the provider ask the user for something even if it need not; the default leaves that to
     * the provider.
     *
     * @see <a href="https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest">OpenID
     *     Connect Core, section 3.1.2.1</a>
     */
    public Builder prompt(Prompt... prompts) {
      if (prompts.length == 0) {
        throw new IllegalArgumentException("name at least one prompt");
      }
      String value =
          Arrays.stream(prompts)
              .map(prompt -> prompt.name().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(" "));
      return parameter("prompt", value);
    }

    /** Fills in the user's name on the login page; the default is none. */
    public Builder loginHint(String loginHint) {
      return parameter("login_hint", loginHint);
    }

    /**
     * Sets a text of your own that comes back with the callback, such as your customer's
     * identifier; the default is none. With a {@linkplain #binding signed state} the user can read
     * it.
     *
     * @throws IllegalArgumentException if it is longer than 1024 bytes in UTF-8
     */
    public Builder payload(String payload) {
      this.payload = StateSigner.requireShort(payload);
      return this;
    }

    /**
     * Makes a signed state, tied to one browser, so that nothing needs to be kept until the
     * callback: the flow must have been built with a {@link StateSigner}. The default is a random
     * state, and then the request must be kept.
     *
     * @throws IllegalArgumentException if the browser has no value yet; give it a {@linkplain
     *     BrowserBinding#random() random} one in a cookie
     */
    public Builder binding(BrowserBinding binding) {
      Objects.requireNonNull(binding, "binding");
      if (!binding.isPresent()) {
        throw new IllegalArgumentException(
            "the browser has no cookie yet; set one with the value of BrowserBinding.random(), and use that");
      }
      if (binding.cookieValue().length() < SHORTEST_BINDING) {
        throw new IllegalArgumentException(
            "the browser's cookie is too short to be random; set one with the value of BrowserBinding.random()");
      }
      this.binding = binding;
      return this;
    }

    /**
     * Accepts consent from one org only, for a customer who consents again, to further scopes for
     * example: tokens of any other org are refused and revoked before they are returned. The
     * default is any org. Flows that know no orgs refuse this option.
     *
     * @param orgId the org's identifier, such as {@code 00D5g000004XyZaEAK}
     * @throws IllegalArgumentException if it is blank
     */
    public Builder expectOrg(String orgId) {
      if (Objects.requireNonNull(orgId, "orgId").isBlank()) {
        throw new IllegalArgumentException("the identifier of an org must not be blank");
      }
      this.expectedOrg = orgId.strip();
      return this;
    }

    /**
     * Adds a parameter of the provider's own. A name given twice keeps the later value.
     *
     * @throws IllegalArgumentException if {@code name} is blank, or belongs to the flow itself,
     *     such as {@code scope}
     */
    public Builder parameter(String name, String value) {
      Objects.requireNonNull(value, "value");
      if (Objects.requireNonNull(name, "name").isBlank()) {
        throw new IllegalArgumentException("a parameter needs a name");
      }
      if (RESERVED.contains(name)) {
        throw new IllegalArgumentException(
            "the flow sets \""
                + Text.readable(name)
                + "\" itself; it cannot be given as a further parameter");
      }
      parameters.put(name, value);
      return this;
    }

    /** Builds the options. */
    public AuthorizationOptions build() {
      return new AuthorizationOptions(this);
    }
  }
}
