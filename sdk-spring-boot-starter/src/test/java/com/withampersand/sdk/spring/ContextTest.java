package com.withampersand.sdk.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.ReplayGuard;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.AmpersandTokens;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.TokenProvider;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.crypto.TokenSealer;
import com.withampersand.sdk.token.jdbc.JdbcReplayGuard;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.web.client.RestClient;

/** What the starter makes of properties, and for which beans of the application it steps back. */
class ContextTest {
  private static final String STATES = "ampersand.states.key=" + Starter.STATES_KEY;

  @Test
  void dataSource_makesEveryBean() {
    Starter.complete()
        .withPropertyValues(
            STATES, "ampersand.project=my-project", "ampersand.api-key=key-of-the-project")
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .hasSingleBean(SalesforceApp.class)
                    .hasSingleBean(SalesforceOAuthFlow.class)
                    .hasSingleBean(StateSigner.class)
                    .hasSingleBean(JdbcReplayGuard.class)
                    .hasSingleBean(JdbcTokenStore.class)
                    .hasSingleBean(TokenSealer.class)
                    .hasSingleBean(FreshTokens.class)
                    .hasSingleBean(AmpersandClient.class)
                    .hasSingleBean(SalesforceHttp.class)
                    .hasSingleBean(SalesforceInterceptor.class)
                    .hasBean("salesforceRestClient")
                    .hasSingleBean(HealthIndicator.class)
                    .hasSingleBean(Sweeps.class)
                    .doesNotHaveBean(DevMode.class));
  }

  @Test
  void properties_reachTheApp() {
    Starter.complete()
        .withPropertyValues(
            "ampersand.salesforce.scopes=api, refresh_token, id",
            "ampersand.salesforce.login-host=acme",
            "ampersand.salesforce.callback=https://app.example.com/callback")
        .run(
            context -> {
              SalesforceOAuthFlow flow = context.getBean(SalesforceOAuthFlow.class);
              assertThat(flow.host()).hasToString("https://acme.my.salesforce.com");
              assertThat(flow.app().clientId()).isEqualTo(Starter.CLIENT_ID);
              assertThat(flow.app().scopes()).hasToString("api refresh_token id");
              assertThat(flow.app().callbackUri()).hasToString("https://app.example.com/callback");
            });
  }

  @Test
  void noDataSource_isOneSentence() {
    Starter.withoutDatabase()
        .run(
            context ->
                assertThat(Starter.shown(context.getStartupFailure()))
                    .isEqualTo(
                        "There is no DataSource for the grants: add spring-boot-starter-jdbc and set spring.datasource.url, or set"
                            + " ampersand.tokens.store to memory or ampersand."));
  }

  @Test
  void noDataSource_memory_starts() {
    Starter.withoutDatabase()
        .withPropertyValues("ampersand.tokens.store=memory", STATES)
        .run(
            context ->
                assertThat(context)
                    .hasSingleBean(InMemoryTokenStore.class)
                    .hasSingleBean(StateSigner.class)
                    .doesNotHaveBean(JdbcReplayGuard.class));
  }

  @Test
  void ampersandKeepsGrants_needsNeitherAppNorKeyNorDataSource() {
    Starter.empty()
        .withPropertyValues(
            "ampersand.tokens.store=ampersand", "ampersand.project=p", "ampersand.api-key=k")
        .run(
            context ->
                assertThat(context)
                    .hasSingleBean(AmpersandTokens.class)
                    .hasSingleBean(SalesforceHttp.class)
                    .doesNotHaveBean(SalesforceApp.class)
                    .doesNotHaveBean(TokenStore.class)
                    .doesNotHaveBean(Sweeps.class));
  }

  @Test
  void twoDataSources_isOneSentence_unlessOneIsNamed() {
    Starter.withoutDatabase()
        .withBean("first", DataSource.class, () -> database("first"))
        .withBean("second", DataSource.class, () -> database("second"))
        .run(
            context ->
                assertThat(Starter.shown(context.getStartupFailure()))
                    .isEqualTo(
                        "There are several DataSource beans: make one of them @Primary, or name the one for grants ampersandDataSource."));
    Starter.withoutDatabase()
        .withBean("first", DataSource.class, () -> database("first"))
        .withBean("ampersandDataSource", DataSource.class, () -> database("grants"))
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(JdbcTokenStore.class));
  }

  private static DataSource database(String name) {
    JdbcDataSource database = new JdbcDataSource();
    database.setUrl("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
    return database;
  }

  @Test
  void dataSourceOfTransactions_isTakenWithoutThem() {
    Starter.withoutDatabase()
        .withBean(
            DataSource.class, () -> new TransactionAwareDataSourceProxy(database("transactions")))
        .run(context -> assertThat(context).hasNotFailed());
  }

  @ParameterizedTest
  @MethodSource("replaceable")
  <T> void ownBean_isTaken(Class<T> type, T own) {
    Starter.complete()
        .withPropertyValues(STATES, "ampersand.project=p", "ampersand.api-key=k")
        .withBean("own", type, () -> own)
        .run(context -> assertThat(context).hasNotFailed().getBean(type).isSameAs(own));
  }

  static Stream<Object[]> replaceable() {
    SalesforceApp app =
        SalesforceApp.builder(Starter.CLIENT_ID, Starter.CLIENT_SECRET)
            .scopes("refresh_token")
            .build();
    StateSigner signer =
        StateSigner.builder("own", StateSigner.newKey())
            .replayGuard(ReplayGuard.forOneNode())
            .build();
    AmpersandClient client = AmpersandClient.builder("own", Secret.of("key")).build();
    TokenProvider tokens = FreshTokens.inMemory().build();
    return Stream.of(
        new Object[] {SalesforceApp.class, app},
        new Object[] {SalesforceOAuthFlow.class, SalesforceOAuthFlow.of(app)},
        new Object[] {StateSigner.class, signer},
        new Object[] {ReplayGuard.class, ReplayGuard.forOneNode()},
        new Object[] {TokenStore.class, new InMemoryTokenStore()},
        new Object[] {TokenSealer.class, TokenCipher.of(Keyring.of("own", TokenCipher.newKey()))},
        new Object[] {TokenProvider.class, tokens},
        new Object[] {AmpersandClient.class, client},
        new Object[] {
          SalesforceHttp.class, SalesforceHttp.of(tokens, java.net.http.HttpClient.newHttpClient())
        },
        new Object[] {SalesforceInterceptor.class, SalesforceInterceptor.of(tokens)});
  }

  @ParameterizedTest
  @ValueSource(strings = {"salesforceRestClient", "ampersandHealthIndicator"})
  void ownBeanOfThatName_isTaken(String name) {
    Object own = name.endsWith("Client") ? RestClient.create() : (HealthIndicator) () -> null;

    Starter.complete()
        .withInitializer(context -> context.getBeanFactory().registerSingleton(name, own))
        .run(context -> assertThat(context).hasNotFailed().getBean(name).isSameAs(own));
  }

  @Test
  void ownFreshTokens_areSweptAndClosed() {
    FreshTokens own = FreshTokens.inMemory().build();

    Starter.empty()
        .withPropertyValues(
            "ampersand.salesforce.client-id=" + Starter.CLIENT_ID,
            "ampersand.salesforce.client-secret=" + Starter.CLIENT_SECRET,
            "ampersand.tokens.store=memory",
            "ampersand.tokens.key=" + Starter.TOKENS_KEY)
        .withBean(FreshTokens.class, () -> own)
        .run(context -> assertThat(context).hasSingleBean(Sweeps.class));

    assertThatThrownBy(() -> own.get(Starter.ACME)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void ownStoreAndSealer_needNeitherDataSourceNorKey() {
    Starter.empty()
        .withPropertyValues(
            "ampersand.salesforce.client-id=" + Starter.CLIENT_ID,
            "ampersand.salesforce.client-secret=" + Starter.CLIENT_SECRET)
        .withBean(TokenStore.class, InMemoryTokenStore::new)
        .withBean(TokenSealer.class, () -> TokenCipher.of(Keyring.of("own", TokenCipher.newKey())))
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(FreshTokens.class));
  }

  @Test
  void ownRestClient_isStillTheOneThatIsInjectedByType() {
    RestClient own = RestClient.create();

    Starter.complete()
        .withBean("own", RestClient.class, () -> own)
        .run(
            context ->
                assertThat(context.getBeanProvider(RestClient.class).getIfUnique()).isSameAs(own));
  }

  @Test
  void ownRestClientBuilder_staysAsItIs() {
    RestClient.Builder own = RestClient.builder().defaultHeader("X-Crm", "yes");

    try (FakeSalesforce server = FakeSalesforce.start()) {
      Starter.complete()
          .withBean(RestClient.Builder.class, () -> own)
          .run(
              context -> {
                assertThat(context).hasNotFailed().hasBean("salesforceRestClient");
                context
                    .getBean(RestClient.Builder.class)
                    .build()
                    .get()
                    .uri(server.uri() + "/services/data")
                    .exchange((request, response) -> response.getStatusCode());
              });

      assertThat(server.requests("/services/data"))
          .singleElement()
          .satisfies(request -> assertThat(request.header("X-Crm")).hasValue("yes"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.micrometer",
        "org.springframework.boot.health",
        "org.springframework.boot.actuate",
        "org.springframework.web",
        "jakarta.servlet",
        "org.springframework.jdbc",
        "com.withampersand.sdk.testkit"
      })
  void optionalLibrary_isMissing_starts(String packageName) {
    Starter.withoutDatabase()
        .withBean(DataSource.class, () -> database("without"))
        .withClassLoader(new FilteredClassLoader(packageName))
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(FreshTokens.class));
  }

  @Test
  void disabled_makesNothing() {
    Starter.empty()
        .withPropertyValues("ampersand.enabled=false")
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(SalesforceApp.class)
                    .doesNotHaveBean(AmpersandProperties.class)
                    .doesNotHaveBean(Observations.class));
  }

  @Test
  void keepAliveDisabled_sweepsNothing() {
    Starter.complete()
        .withPropertyValues("ampersand.keep-alive.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(Sweeps.class));
  }
}
