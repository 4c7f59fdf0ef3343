package com.withampersand.sdk.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;

/** Each property that is wrong stops the start with a sentence that names it and the remedy. */
class WrongPropertyTest {
  private static final String SECRET = "a secret that must not show";

  private static WebApplicationContextRunner application() {
    return application("none");
  }

  /** Returns an application whose properties are right, but for one that is missing. */
  private static WebApplicationContextRunner application(String missing) {
    return new WebApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                DispatcherServletAutoConfiguration.class,
                WebMvcAutoConfiguration.class,
                AmpersandAutoConfiguration.class,
                AmpersandMetricsAutoConfiguration.class,
                AmpersandRestClientAutoConfiguration.class,
                AmpersandWebAutoConfiguration.class))
        .withPropertyValues(
            Stream.of(
                    "ampersand.salesforce.client-id=" + Starter.CLIENT_ID,
                    "ampersand.salesforce.client-secret=" + Starter.CLIENT_SECRET,
                    "ampersand.salesforce.callback=https://app.example.com/callback",
                    "ampersand.tokens.store=memory",
                    "ampersand.tokens.key=" + Starter.TOKENS_KEY,
                    "ampersand.states.key=" + Starter.STATES_KEY,
                    "ampersand.connect.enabled=true")
                .filter(property -> !property.startsWith(missing + "="))
                .toArray(String[]::new))
        .withBean(SalesforceConnect.class, () -> request -> Optional.empty());
  }

  @Test
  void rightProperties_start() {
    application().run(context -> assertThat(context).hasNotFailed());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ampersand.salesforce.client-secret | ampersand.salesforce.client-secret is not set: give it the Consumer Secret from the app's"
            + " page in Salesforce.",
        "ampersand.salesforce.callback | ampersand.salesforce.callback is not set: give it the callback as it is registered in Salesforce,"
            + " such as https://app.example.com/salesforce/callback.",
        "ampersand.tokens.key | ampersand.tokens.key is not set: give it the key that encrypts the stored grants, 32 bytes in base64, such"
            + " as `openssl rand -base64 32` prints, and keep it with your other secrets.",
        "ampersand.states.key | ampersand.states.key is not set: give it the key that signs states, 32 bytes in base64, such as `openssl"
            + " rand -base64 32` prints, and keep it with your other secrets, or set ampersand.connect.state to session."
      })
  void missingProperty_isOneSentence(String property, String sentence) {
    application(property)
        .run(context -> assertThat(Starter.shown(context.getStartupFailure())).isEqualTo(sentence));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ampersand.salesforce.client-id= | ampersand.salesforce.client-id is not set: give it the Consumer Key from the app's page in"
            + " Salesforce, or activate the profile dev or test to run on the fakes.",
        "ampersand.salesforce.client-secret= | ampersand.salesforce.client-secret is not set: give it the ",
        "ampersand.salesforce.client-id=3MVG9 with blanks | ampersand.salesforce.client-id: The Consumer Key holds white space or a"
            + " character that cannot be seen, as copying and pasting adds. Copy it again, without anything before, within or behind it.",
        "ampersand.salesforce.scopes=refresh_token,api;id | ampersand.salesforce.scopes: \"api;id\" is a list, but Salesforce"
            + " separates scopes with spaces.",
        "ampersand.salesforce.scopes=api | ampersand.salesforce.scopes: Neither refresh_token nor offline_access is among the scopes",
        "ampersand.salesforce.callback=http://app.example.com/callback | ampersand.salesforce.callback: It is not an absolute https URL",
        "ampersand.salesforce.callback= | ampersand.salesforce.callback is blank: give it a value or remove it",
        "ampersand.salesforce.callback=https://app.example.com | ampersand.salesforce.callback has to have a path that begins with a slash.",
        "ampersand.salesforce.callback=a b | ampersand.salesforce.callback has to be a URL",
        "ampersand.salesforce.login-host=sandbox.example.com | ampersand.salesforce.login-host is wrong: \"sandbox.example.com\" is no"
            + " Salesforce My Domain",
        "ampersand.salesforce.also-at=http://crm.example.com | ampersand.salesforce.also-at is wrong: a login host has to be an absolute"
            + " https address",
        "ampersand.salesforce.pkce=maybe | ampersand.salesforce.pkce has to be true or false",
        "ampersand.tokens.key= | ampersand.tokens.key is not set: give it the ",
        "ampersand.tokens.key=a secret that must not show | ampersand.tokens.key is wrong: the key tokens is not base64",
        "ampersand.tokens.key=YSBzZWNyZXQgdGhhdCBtdXN0IG5vdCBzaG93 | ampersand.tokens.key is wrong: the key tokens has 27 bytes, not 32",
        "ampersand.tokens.key-id=a b | ampersand.tokens.key is wrong: a key's name is up to 64 letters, digits, hyphens and underscores",
        "ampersand.tokens.former-keys.old=a secret that must not show | ampersand.tokens.former-keys is wrong: the key old is not base64",
        "ampersand.tokens.former-keys.tokens=PLACEHOLDER | ampersand.tokens.former-keys is wrong: there are two keys named tokens.",
        "ampersand.tokens.store=redis | ampersand.tokens.store has to be jdbc or memory or ampersand",
        "ampersand.tokens.close-timeout=-1s | ampersand.tokens.close-timeout must not be negative.",
        "ampersand.tokens.close-timeout=soon | ampersand.tokens.close-timeout has to be a duration, such as 30s, 5m or PT5M",
        "ampersand.states.key= | ampersand.states.key is not set: give it the ",
        "ampersand.states.key=a secret that must not show | ampersand.states.key is wrong: the key states is not base64",
        "ampersand.states.former-keys.old=a secret that must not show | ampersand.states.former-keys is wrong: the key old is not base64",
        "ampersand.connect.path=connect | ampersand.connect.path has to have a path that begins with a slash.",
        "ampersand.connect.callback-path=callback | ampersand.connect.callback-path has to have a path that begins with a slash.",
        "ampersand.connect.state=cookie | ampersand.connect.state has to be signed or session",
        "ampersand.keep-alive.interval=0s | ampersand.keep-alive.interval has to be longer than zero.",
        "ampersand.webhook.secrets=a secret that must not show | ampersand.webhook.secrets is wrong:",
        "ampersand.api-key=a-secret | ampersand.project is not set: give it the ID or name of the project that ampersand.api-key is for.",
        "ampersand.project=p | ampersand.api-key is not set: give it an API key of the project in Ampersand.",
        "ampersand.dev.salesforce-port=many | ampersand.dev.salesforce-port has to be a number",
        "ampersand.salesforce.consumer-key=x | ampersand.salesforce.consumer-key is not a property of the Ampersand starter: correct its"
            + " name or remove it"
      })
  void wrongProperty_isOneSentence(String property, String sentence) {
    application()
        .withPropertyValues(property.replace("PLACEHOLDER", Starter.TOKENS_KEY))
        .run(
            context ->
                assertThat(Starter.shown(context.getStartupFailure()))
                    .startsWith(sentence)
                    .doesNotContain(SECRET)
                    .doesNotContain(Starter.TOKENS_KEY)
                    .doesNotContain("\n"));
  }

  @Test
  void appThatIsRefused_namesThePage() {
    application()
        .withPropertyValues("ampersand.salesforce.scopes=api")
        .run(
            context -> {
              FailureAnalysis shown =
                  Objects.requireNonNull(
                      new SetupFailureAnalyzer()
                          .analyze(Objects.requireNonNull(context.getStartupFailure())));
              assertThat(shown.getDescription()).startsWith("ampersand.salesforce.scopes: ");
              assertThat(shown.getAction())
                  .isEqualTo(
                      "See guides/when-it-fails.md#invalid-app in the documentation of the SDK.");
            });
  }

  @Test
  void noSalesforceConnect_isOneSentence() {
    application()
        .withPropertyValues("ampersand.connect.enabled=true")
        .withBean("second", SalesforceConnect.class, () -> request -> Optional.empty())
        .run(
            context ->
                assertThat(Starter.shown(context.getStartupFailure()))
                    .startsWith(
                        "ampersand.connect.enabled is true, and there is no single bean of type SalesforceConnect"));
  }

  @Test
  void connectWhereAmpersandKeepsGrants_isOneSentence() {
    application()
        .withPropertyValues(
            "ampersand.tokens.store=ampersand", "ampersand.project=p", "ampersand.api-key=k")
        .run(
            context ->
                assertThat(Starter.shown(context.getStartupFailure()))
                    .startsWith(
                        "ampersand.connect.enabled is true, and this application keeps no grants"));
  }

  @EnableAutoConfiguration
  static class Application {}

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void start_keyIsMissing_printsTheSentenceAndNoStackTrace(CapturedOutput output) {
    try {
      SpringApplication.run(
              Application.class,
              "--spring.main.web-application-type=none",
              "--spring.datasource.url=jdbc:h2:mem:missing-key",
              "--ampersand.salesforce.client-id=" + Starter.CLIENT_ID,
              "--ampersand.salesforce.client-secret=" + Starter.CLIENT_SECRET)
          .close();
    } catch (RuntimeException e) {
      assertThat(Starter.shown(e)).startsWith("ampersand.tokens.key is not set");
    }

    assertThat(output)
        .contains("Description:")
        .contains("ampersand.tokens.key is not set: give it the key that encrypts")
        .doesNotContain("\tat ")
        .doesNotContain(Starter.CLIENT_SECRET);
  }

  /** YAML reads 0123 as 83 and 1e3 as 1000.0, so a number no longer tells what was written. */
  @ParameterizedTest
  @CsvSource({
    "salesforce: {client-secret: 7402364029485739201}, salesforce.client-secret",
    "salesforce: {other-client-secret: 0123456701234567}, salesforce.other-client-secret",
    "tokens: {key: 74023640294857392018446744073709551616}, tokens.key",
    "states: {key: 1.5e+9}, states.key",
    "api-key: true, api-key",
    "tokens: {former-keys: {old: 7402364029}}, tokens.former-keys.old",
    "webhook: {secrets: [7402364029]}, webhook.secrets[0]"
  })
  @ExtendWith(OutputCaptureExtension.class)
  void start_secretIsANumberInYaml_printsTheSentence(
      String yaml, String property, CapturedOutput output, @TempDir Path directory)
      throws IOException {
    Path file = directory.resolve("application.yaml");
    Files.writeString(file, "ampersand: {" + yaml + "}");

    assertThatThrownBy(
            () ->
                SpringApplication.run(
                    Application.class,
                    "--spring.main.web-application-type=none",
                    "--spring.config.location=" + file.toUri()))
        .satisfies(
            e ->
                assertThat(Starter.shown(e))
                    .startsWith("ampersand." + property + " has to be text: put it in quotes, "));
    assertThat(output)
        .contains("has to be text: put it in quotes,")
        .doesNotContain("7402364029", "ConverterNotFoundException", "\tat ");
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void start_durationIsWrong_printsTheSentence(CapturedOutput output) {
    try {
      SpringApplication.run(
              Application.class,
              "--spring.main.web-application-type=none",
              "--ampersand.keep-alive.interval=often")
          .close();
    } catch (RuntimeException e) {
      assertThat(Starter.shown(e)).contains("keep-alive");
    }

    assertThat(output)
        .contains(
            "ampersand.keep-alive.interval has to be a duration, such as 30s, 5m or PT5M (it comes from")
        .doesNotContain("Failed to bind");
  }
}
