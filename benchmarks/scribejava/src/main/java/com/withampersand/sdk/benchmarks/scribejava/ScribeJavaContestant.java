package com.withampersand.sdk.benchmarks.scribejava;

import com.github.scribejava.apis.SalesforceApi;
import com.github.scribejava.core.builder.ServiceBuilder;
import com.github.scribejava.core.httpclient.HttpClient;
import com.github.scribejava.core.model.OAuth2AccessToken;
import com.github.scribejava.core.model.Response;
import com.github.scribejava.core.oauth.AuthorizationUrlBuilder;
import com.github.scribejava.core.oauth.OAuth20Service;
import com.github.scribejava.core.oauth2.clientauthentication.ClientAuthentication;
import com.github.scribejava.core.oauth2.clientauthentication.RequestBodyAuthenticationScheme;
import com.withampersand.sdk.benchmarks.Contestant;
import com.withampersand.sdk.benchmarks.Fixture;
import com.withampersand.sdk.benchmarks.Operation;
import com.withampersand.sdk.benchmarks.Settings;
import com.withampersand.sdk.benchmarks.Work;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** ScribeJava with its own Salesforce API. It keeps no tokens. */
public final class ScribeJavaContestant implements Contestant {
  private static final int STATE_BYTES = 32;

  private final SecureRandom random = new SecureRandom();

  @Override
  public Optional<Work> prepare(Operation operation) throws Exception {
    return Optional.ofNullable(
        switch (operation) {
          case URL_GIVEN -> Work.of(url(() -> Fixture.STATE));
          case URL_FRESH -> Work.of(url(this::freshState));
          case CALLBACK -> callback();
          case PARSE -> parse();
          case REFRESH -> refresh(service(URI.create(Fixture.HOST), new Answering()));
          case ROUND_TRIP, ROUND_TRIP_MANY -> refresh(service(Settings.server(), null));
          case VALID_KEPT, VALID_KEPT_TWO, VALID_FRESH -> null;
          case STORM -> storm();
        });
  }

  private static OAuth20Service service(URI host, @Nullable HttpClient client) {
    ServiceBuilder builder =
        new ServiceBuilder(Fixture.CLIENT_ID)
            .apiSecret(Fixture.CLIENT_SECRET)
            .callback(Fixture.CALLBACK);
    if (client != null) {
      builder.httpClient(client);
    }
    return builder.defaultScope(String.join(" ", Fixture.SCOPES)).build(new Api(host));
  }

  private static Callable<String> url(Callable<String> state) {
    OAuth20Service service = service(URI.create(Fixture.HOST), null);
    return () -> {
      AuthorizationUrlBuilder url = service.createAuthorizationUrlBuilder();
      return url.state(state.call()).build();
    };
  }

  private String freshState() {
    byte[] bytes = new byte[STATE_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** It takes the URL, and leaves the state to the caller. */
  private static Work callback() {
    OAuth20Service service = service(URI.create(Fixture.HOST), null);
    String redirect = Fixture.CALLBACK + "?" + Fixture.QUERY;
    return Work.of(
        () -> {
          var authorization = service.extractAuthorization(redirect);
          if (!Fixture.STATE.equals(authorization.getState())) {
            throw new IllegalStateException("another state");
          }
          return authorization.getCode();
        });
  }

  private static Work parse() {
    String body = new String(Fixture.answer(), StandardCharsets.UTF_8);
    Api api = new Api(URI.create(Fixture.HOST));
    return Work.of(
        () -> api.getAccessTokenExtractor().extract(response(body)),
        OAuth2AccessToken.class,
        OAuth2AccessToken::getAccessToken);
  }

  private static Response response(String body) {
    return new Response(200, "OK", Map.of("Content-Type", "application/json"), body);
  }

  private static Work refresh(OAuth20Service service) {
    return Work.of(
        () -> service.refreshAccessToken(Fixture.REFRESH_TOKEN),
        OAuth2AccessToken.class,
        OAuth2AccessToken::getAccessToken);
  }

  /** It leaves keeping to the caller: here, the last answer, as its examples do. */
  private static Work storm() {
    OAuth20Service service = service(Settings.server(), null);
    AtomicReference<@Nullable OAuth2AccessToken> held = new AtomicReference<>();
    return Work.of(
        () -> {
          OAuth2AccessToken token = held.get();
          if (token == null) {
            token = service.refreshAccessToken(Fixture.REFRESH_TOKEN);
            held.set(token);
          }
          return token.getAccessToken();
        });
  }

  /** Its Salesforce, at a host of ours and with the secret in the body. */
  private static final class Api extends SalesforceApi {
    private final URI host;

    private Api(URI host) {
      super("unused");
      this.host = host;
    }

    @Override
    public String getAccessTokenEndpoint() {
      return host.resolve(Fixture.TOKEN_PATH).toString();
    }

    @Override
    protected String getAuthorizationBaseUrl() {
      return host.resolve("/services/oauth2/authorize").toString();
    }

    @Override
    public ClientAuthentication getClientAuthentication() {
      return RequestBodyAuthenticationScheme.instance();
    }
  }
}
