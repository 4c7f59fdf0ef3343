package com.withampersand.sdk.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

/** Development on the fakes: where no app is named, and never in production. */
class DevModeTest {
  private static final String FREE_PORTS =
      "ampersand.dev.salesforce-port=0,ampersand.dev.ampersand-port=0";

  private ApplicationContextRunner dev() {
    return Starter.empty()
        .withPropertyValues("spring.profiles.active=dev")
        .withPropertyValues(FREE_PORTS.split(",", -1));
  }

  @Test
  void dev_connectsACustomerAndCallsAmpersand() {
    dev()
        .run(
            context -> {
              connect(context);

              assertThat(context.getBean(FreshTokens.class).status(Starter.ACME).kind())
                  .isEqualTo(Kind.ACTIVE);
              assertThat(context.getBean(AmpersandClient.class).providerApps().list()).isEmpty();
            });
  }

  private static void connect(ApplicationContext context) {
    SalesforceOAuthFlow flow = context.getBean(SalesforceOAuthFlow.class);
    AuthorizationRequest request = flow.authorize(AuthorizationOptions.none());
    URI callback = context.getBean(FakeSalesforce.class).approve(request.url());
    Connected connected =
        (Connected) flow.complete(AuthorizationCallback.fromUri(callback), request);
    context.getBean(FreshTokens.class).save(Starter.ACME, connected.tokens());
  }

  /** The fakes have forgotten the grant by then, so it must not look as if it worked. */
  @Test
  void dev_startedAgain_customerHasToConnect() {
    dev().run(DevModeTest::connect);

    dev()
        .run(
            context ->
                assertThat(context.getBean(FreshTokens.class).status(Starter.ACME).kind())
                    .isEqualTo(Kind.ABSENT));
  }

  @Test
  void dev_dataSourceIsThere_isLeftAlone() {
    dev()
        .withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class))
        .run(
            context ->
                assertThat(context)
                    .hasSingleBean(InMemoryTokenStore.class)
                    .doesNotHaveBean(JdbcTokenStore.class));
  }

  @ParameterizedTest
  @CsvSource({
    "ampersand.enabled=true, http://localhost:8080/salesforce/callback",
    "server.port=9090, http://localhost:9090/salesforce/callback",
    "ampersand.salesforce.callback=https://app.example.com/sf/back, http://localhost:8080/sf/back",
    "ampersand.salesforce.callback=http://127.0.0.1:7070/back, http://127.0.0.1:7070/back",
    "ampersand.connect.callback-path=/back, http://localhost:8080/back"
  })
  void dev_callback_isThisMachines(String property, String callback) {
    dev()
        .withPropertyValues(property)
        .run(
            context ->
                assertThat(context.getBean(SalesforceApp.class).callbackUri())
                    .hasToString(callback));
  }

  /** The port may be taken by another program, which has to be said then. */
  @Test
  void dev_ports_areFixed() {
    Starter.empty()
        .withPropertyValues("spring.profiles.active=dev")
        .run(
            context ->
                assertThat(
                        context.getStartupFailure() == null
                            ? context.getBean(FakeSalesforce.class).uri().toString()
                            : Starter.shown(context.getStartupFailure()))
                    .containsPattern("localhost:18765|port 1876[56] cannot be bound"));
  }

  @Test
  void dev_portIsTaken_isOneSentence() {
    try (FakeSalesforce other = FakeSalesforce.start()) {
      Starter.empty()
          .withPropertyValues(
              "spring.profiles.active=dev",
              "ampersand.dev.salesforce-port=" + other.uri().getPort())
          .run(
              context ->
                  assertThat(Starter.shown(context.getStartupFailure()))
                      .isEqualTo(
                          "ampersand.dev.salesforce-port: port "
                              + other.uri().getPort()
                              + " cannot be bound; set another one, or 0 for a free one."));
    }
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void dev_saysWhereItRuns(CapturedOutput output) {
    dev()
        .run(
            context ->
                assertThat(output)
                    .contains(
                        "No client ID is set, so this runs on FakeSalesforce at "
                            + context.getBean(FakeSalesforce.class).uri())
                    .contains("customers connect again after a restart"));
  }

  @Test
  void test_twoAtOnce_haveFreePortsAndKeepGrantsInMemory() {
    ApplicationContextRunner test =
        Starter.empty().withPropertyValues("spring.profiles.active=test");

    test.run(
        first ->
            test.run(
                second ->
                    assertThat(second)
                        .hasNotFailed()
                        .getBean(TokenStore.class)
                        .isInstanceOf(InMemoryTokenStore.class)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"prod", "production", "live", "dev,prod", "test,production", "default"})
  void production_noClientId_isOneSentence(String profiles) {
    Starter.empty()
        .withPropertyValues("spring.profiles.active=" + profiles, "ampersand.tokens.store=memory")
        .run(
            context ->
                assertThat(Starter.shown(context.getStartupFailure()))
                    .startsWith("ampersand.salesforce.client-id is not set: give it"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ampersand.salesforce.client-id=" + "3MVG9xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "ampersand.salesforce.client-secret=A1B2C3D4E5F60718A1B2C3D4E5F60718",
        "ampersand.dev.enabled=false"
      })
  void dev_halfConfigured_doesNotRunOnTheFakes(String property) {
    dev()
        .withPropertyValues(property)
        .run(
            context ->
                assertThat(Starter.shown(context.getStartupFailure())).contains("is not set"));
  }

  @Test
  void dev_ownApp_doesNotRunOnTheFakes() {
    dev()
        .withBean(
            SalesforceApp.class,
            () ->
                SalesforceApp.builder(Starter.CLIENT_ID, Starter.CLIENT_SECRET)
                    .scopes("refresh_token")
                    .build())
        .withPropertyValues(
            "ampersand.tokens.store=memory", "ampersand.tokens.key=" + Starter.TOKENS_KEY)
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(FakeSalesforce.class));
  }

  @Test
  void dev_withoutTestKit_isOneSentence() {
    dev()
        .withClassLoader(new FilteredClassLoader("com.withampersand.sdk.testkit"))
        .run(
            context ->
                assertThat(Starter.shown(context.getStartupFailure()))
                    .isEqualTo(
                        "ampersand.salesforce.client-id is not set: give it the Consumer Key of your app, or add"
                            + " com.withampersand:ampersand-sdk-testkit as a dependency to run on FakeSalesforce."));
  }
}
