package com.withampersand.sdk.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.ClientAuthentication;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.OAuthFlow;
import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import java.net.URI;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A provider of its own, written from the API alone: the shortest example of how to add one. */
class SecondProviderTest {
  private final MockWebServer server = new MockWebServer();

  /** The app, as its maker describes it. */
  private record BlogApp(String clientId, Secret clientSecret, Scopes scopes)
      implements ProviderApp {
    @Override
    public String provider() {
      return "blog";
    }

    @Override
    public URI callbackUri() {
      return URI.create("https://example.com/blog/callback");
    }
  }

  /** The flow: the provider's endpoints, and what is to know about its tokens and errors. */
  private static OAuthFlow blogFlow(BlogApp app, String host) {
    return AuthorizationCodeFlow.builder(
            app, URI.create(host + "/oauth/authorize"), URI.create(host + "/oauth/token"))
        .revocationEndpoint(URI.create(host + "/oauth/revoke"))
        .clientAuthentication(ClientAuthentication.CLIENT_SECRET_BASIC)
        .refineTokens(SecondProviderTest::withHalvedExpiry)
        .refineErrors(SecondProviderTest::explained)
        .build();
  }

  /** This provider's clocks are known to be wrong. */
  private static TokenSet withHalvedExpiry(TokenSet tokens) {
    return tokens.toBuilder()
        .expiry(Expiry.estimated(tokens.obtainedAt().plusSeconds(1800)))
        .build();
  }

  private static OAuthException explained(OAuthException error) {
    return error.error().equals("blog_suspended")
        ? error.toBuilder()
            .actor(Actor.PROVIDER_ADMIN)
            .remedy("Reactivate the blog.")
            .verdict(Verdict.BLOCKED)
            .reason(Reason.APP_BLOCKED)
            .build()
        : error;
  }

  @BeforeEach
  void start() throws Exception {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void answer(int status, String json) {
    server.enqueue(
        new MockResponse.Builder()
            .code(status)
            .setHeader("Content-Type", "application/json")
            .body(json)
            .build());
  }

  @Test
  void wholeWay_ofAnotherProvider_needsNothingButTheApi() throws Exception {
    BlogApp app =
        new BlogApp("blog-client", Secret.of("blog-secret"), Scopes.of("posts.read", "offline"));
    OAuthFlow flow = blogFlow(app, "http://localhost:" + server.getPort());
    answer(
        200,
        "{\"access_token\":\"first\",\"refresh_token\":\"r1\",\"expires_in\":3600,\"blog\":\"acme-news\"}");
    answer(200, "{\"access_token\":\"second\",\"expires_in\":3600}");
    answer(400, "{\"error\":\"blog_suspended\"}");
    answer(200, "");

    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback callback =
        AuthorizationCallback.fromParameters(
            Map.of("code", new String[] {"c"}, "state", new String[] {request.state()}));
    TokenSet renewed = flow.refresh(flow.exchange(request, callback));
    OAuthException suspended =
        catchThrowableOfType(OAuthException.class, () -> flow.refresh(renewed));
    flow.revoke(renewed);

    assertThat(renewed.accessToken()).isEqualTo(Secret.of("second"));
    assertThat(renewed.refreshToken()).contains(Secret.of("r1"));
    assertThat(renewed.attribute("blog")).contains("acme-news");
    assertThat(renewed.expiry().certainty()).isEqualTo(Expiry.Certainty.ESTIMATED);
    assertThat(flow.owns(renewed)).isTrue();
    assertThat(suspended.actor()).isEqualTo(Actor.PROVIDER_ADMIN);
    assertThat(suspended.verdict()).isEqualTo(Verdict.BLOCKED);
    assertThat(server.getRequestCount()).isEqualTo(4);
    assertThat(server.takeRequest().getHeaders().get("Authorization")).startsWith("Basic ");
  }
}
