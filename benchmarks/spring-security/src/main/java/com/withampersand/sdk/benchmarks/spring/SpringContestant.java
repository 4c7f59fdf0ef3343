package com.withampersand.sdk.benchmarks.spring;

import com.withampersand.sdk.benchmarks.Contestant;
import com.withampersand.sdk.benchmarks.Fixture;
import com.withampersand.sdk.benchmarks.Operation;
import com.withampersand.sdk.benchmarks.Settings;
import com.withampersand.sdk.benchmarks.Work;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProviderBuilder;
import org.springframework.security.oauth2.client.endpoint.OAuth2RefreshTokenGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientRefreshTokenTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.endpoint.OAuth2AccessTokenResponse;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.web.client.RestClient;

/** Spring Security's OAuth client, outside a web application. Callbacks it reads in a servlet. */
public final class SpringContestant implements Contestant {
  private static final int STATE_BYTES = 32;
  private static final String USER = "user-1";

  private final SecureRandom random = new SecureRandom();

  @Override
  public Optional<Work> prepare(Operation operation) {
    return Optional.ofNullable(
        switch (operation) {
          case URL_GIVEN -> url(() -> Fixture.STATE);
          case URL_FRESH -> url(this::freshState);
          case CALLBACK -> null;
          case PARSE -> parse(Fixture.answer());
          case REFRESH -> refresh(URI.create(Fixture.HOST), new Answering());
          case ROUND_TRIP, ROUND_TRIP_MANY -> refresh(Settings.server(), null);
          case VALID_KEPT, VALID_KEPT_TWO -> valid(URI.create(Fixture.HOST), good());
          case STORM -> valid(Settings.server(), over());
          case VALID_FRESH -> null;
        });
  }

  private static ClientRegistration registration(URI host) {
    return ClientRegistration.withRegistrationId("salesforce")
        .clientId(Fixture.CLIENT_ID)
        .clientSecret(Fixture.CLIENT_SECRET)
        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
        .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
        .redirectUri(Fixture.CALLBACK)
        .scope(Fixture.SCOPES)
        .authorizationUri(host.resolve("/services/oauth2/authorize").toString())
        .tokenUri(host.resolve(Fixture.TOKEN_PATH).toString())
        .build();
  }

  private static Work url(Supplier<String> state) {
    ClientRegistration registration = registration(URI.create(Fixture.HOST));
    return Work.of(
        () ->
            OAuth2AuthorizationRequest.authorizationCode()
                .clientId(registration.getClientId())
                .authorizationUri(registration.getProviderDetails().getAuthorizationUri())
                .redirectUri(registration.getRedirectUri())
                .scopes(registration.getScopes())
                .state(state.get())
                .build()
                .getAuthorizationRequestUri());
  }

  private String freshState() {
    byte[] bytes = new byte[STATE_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static Work parse(byte[] answer) {
    OAuth2AccessTokenResponseHttpMessageConverter converter =
        new OAuth2AccessTokenResponseHttpMessageConverter();
    return Work.of(
        () -> converter.read(OAuth2AccessTokenResponse.class, new Answering.Answer(answer)),
        OAuth2AccessTokenResponse.class,
        SpringContestant::shown);
  }

  private static Work refresh(URI host, @Nullable ClientHttpRequestFactory requests) {
    OAuth2RefreshTokenGrantRequest request =
        new OAuth2RefreshTokenGrantRequest(registration(host), over(), refreshToken());
    RestClientRefreshTokenTokenResponseClient client =
        new RestClientRefreshTokenTokenResponseClient();
    if (requests != null) {
      client.setRestClient(
          RestClient.builder()
              .requestFactory(requests)
              .configureMessageConverters(
                  converters ->
                      converters
                          .addCustomConverter(new FormHttpMessageConverter())
                          .addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
              .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
              .build());
    }
    return Work.of(
        () -> client.getTokenResponse(request),
        OAuth2AccessTokenResponse.class,
        SpringContestant::shown);
  }

  private static OAuth2AccessToken over() {
    Instant end = Instant.now().minusSeconds(60);
    return new OAuth2AccessToken(
        OAuth2AccessToken.TokenType.BEARER, "another-access-token", end.minusSeconds(7200), end);
  }

  private static OAuth2RefreshToken refreshToken() {
    return new OAuth2RefreshToken(Fixture.REFRESH_TOKEN, Instant.now().minusSeconds(7200));
  }

  private static String shown(OAuth2AccessTokenResponse response) {
    return response.getAccessToken().getTokenValue();
  }

  private static OAuth2AccessToken good() {
    return new OAuth2AccessToken(
        OAuth2AccessToken.TokenType.BEARER, Fixture.ACCESS_TOKEN, Instant.now(), Fixture.later());
  }

  private static Work valid(URI host, OAuth2AccessToken token) {
    Authentication user = new TestingAuthenticationToken(USER, "");
    OAuth2AuthorizedClientManager manager = manager(host, token, user);
    OAuth2AuthorizeRequest request =
        OAuth2AuthorizeRequest.withClientRegistrationId("salesforce").principal(user).build();
    return Work.of(
        () -> manager.authorize(request),
        OAuth2AuthorizedClient.class,
        client -> client.getAccessToken().getTokenValue());
  }

  private static OAuth2AuthorizedClientManager manager(
      URI host, OAuth2AccessToken token, Authentication user) {
    ClientRegistration registration = registration(host);
    InMemoryClientRegistrationRepository registrations =
        new InMemoryClientRegistrationRepository(registration);
    InMemoryOAuth2AuthorizedClientService clients =
        new InMemoryOAuth2AuthorizedClientService(registrations);
    clients.saveAuthorizedClient(
        new OAuth2AuthorizedClient(registration, user.getName(), token, refreshToken()), user);
    AuthorizedClientServiceOAuth2AuthorizedClientManager manager =
        new AuthorizedClientServiceOAuth2AuthorizedClientManager(registrations, clients);
    manager.setAuthorizedClientProvider(
        OAuth2AuthorizedClientProviderBuilder.builder().authorizationCode().refreshToken().build());
    return manager;
  }
}
