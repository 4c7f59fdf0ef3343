package com.withampersand.sdk.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.net.URI;
import java.util.function.Function;

/** An application, which {@link JacksonVersionsTest} loads beside another Jackson. */
public final class JacksonUser implements Function<String, Object> {
  /** Builds what the name says, and uses JSON where it says so. */
  @Override
  public Object apply(String what) {
    return switch (what) {
      case "flow" ->
          AuthorizationCodeFlow.builder(
                  new App(),
                  URI.create("https://example.com/authorize"),
                  URI.create("https://example.com/token"))
              .build();
      case "client" -> AmpersandClient.builder("project", Secret.of("key")).build();
      case "tokens" -> FreshTokens.inMemory().build();
      case "json" -> Json.read("{}".getBytes(UTF_8)).toString();
      default -> throw new IllegalArgumentException(what);
    };
  }

  private record App() implements ProviderApp {
    @Override
    public String provider() {
      return "example";
    }

    @Override
    public String clientId() {
      return "client";
    }

    @Override
    public Secret clientSecret() {
      return Secret.of("client secret");
    }

    @Override
    public URI callbackUri() {
      return URI.create("https://example.com/callback");
    }

    @Override
    public Scopes scopes() {
      return Scopes.of("read");
    }
  }
}
