package com.withampersand.sdk.spring;

import com.withampersand.sdk.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the starter. A property of another name below {@code ampersand} stops the start.
 *
 * <p>Immutable, and safe to share between threads. No text of it shows a secret.
 *
 * @param enabled Whether the starter configures anything; the actuator hides its secrets in any
 *     case
 * @param project ID or name of your project in Ampersand; makes the AmpersandClient
 * @param apiKey API key of the project in Ampersand
 * @param apiUrl Address of Ampersand's API, if it is not the usual one
 * @param salesforce Your app in Salesforce
 * @param tokens How grants are kept
 * @param states How signed states are made
 * @param connect The routes that connect customers
 * @param keepAlive The sweeps that keep unused grants alive
 * @param webhook The route that receives Ampersand's webhooks
 * @param dev Development on the fakes
 */
@ConfigurationProperties(prefix = "ampersand", ignoreUnknownFields = false)
public record AmpersandProperties(
    @DefaultValue("true") boolean enabled,
    @Nullable String project,
    @Nullable Secret apiKey,
    @Nullable URI apiUrl,
    @DefaultValue Salesforce salesforce,
    @DefaultValue Tokens tokens,
    @DefaultValue States states,
    @DefaultValue Connect connect,
    @DefaultValue KeepAlive keepAlive,
    @DefaultValue Webhook webhook,
    @DefaultValue Dev dev) {

  /** Takes a key that is blank as not set. */
  public AmpersandProperties {
    apiKey = SecretConverter.set(apiKey);
  }

  /**
   * Your app in Salesforce.
   *
   * @param clientId Consumer Key from the app's page in Salesforce
   * @param clientSecret Consumer Secret from the same page
   * @param otherClientSecret The other Consumer Secret while a new one is staged
   * @param scopes Scopes to ask for; refresh_token or offline_access has to be among them
   * @param callback Callback as it is registered in Salesforce; Ampersand's if it is not set
   * @param loginHost Where customers sign in who name no host, such as the name of a My Domain
   * @param alsoAt Addresses that are not Salesforce's and may receive tokens, such as an Experience
   *     Cloud site
   * @param pkce Whether requests for consent carry PKCE parameters
   */
  public record Salesforce(
      @Nullable String clientId,
      @Nullable Secret clientSecret,
      @Nullable Secret otherClientSecret,
      @DefaultValue({"api", "refresh_token"}) List<String> scopes,
      @Nullable URI callback,
      @DefaultValue("login.salesforce.com") String loginHost,
      @DefaultValue List<URI> alsoAt,
      @DefaultValue("true") boolean pkce) {

    /** Takes secrets that are blank as not set. */
    public Salesforce {
      clientSecret = SecretConverter.set(clientSecret);
      otherClientSecret = SecretConverter.set(otherClientSecret);
    }
  }

  /**
   * How grants are kept.
   *
   * @param store Where grants are kept
   * @param key Key that encrypts the grants, 32 bytes in base64
   * @param keyId Name of the key, which each encrypted grant carries; never give it to another key
   * @param formerKeys Keys that are still read, by their names
   * @param table Table of the grants
   * @param migrate Whether the tables are created and brought up to date at the start
   * @param manualCommit Whether connections without auto-commit are allowed, each of whose
   *     statements the store then commits
   * @param closeTimeout How long the end of the application waits for requests under way and for
   *     what has to be stored
   */
  public record Tokens(
      @DefaultValue("jdbc") Store store,
      @Nullable Secret key,
      @DefaultValue("tokens") String keyId,
      @DefaultValue Map<String, Secret> formerKeys,
      @DefaultValue("ampersand_grant") String table,
      @DefaultValue("true") boolean migrate,
      @DefaultValue("false") boolean manualCommit,
      @DefaultValue("15s") Duration closeTimeout) {

    /** Takes keys that are blank as not set. */
    public Tokens {
      key = SecretConverter.set(key);
      formerKeys = withoutBlank(formerKeys);
    }
  }

  /** Where grants are kept. */
  public enum Store {
    /** In a table of the application's DataSource. */
    JDBC,
    /** In the memory of this process, which loses them when it ends. */
    MEMORY,
    /** By Ampersand, which runs the callback and refreshes. */
    AMPERSAND
  }

  /**
   * How signed states are made.
   *
   * @param key Key that signs states, 32 bytes or more in base64, the same for all processes
   * @param keyId Name of the key, which each state carries
   * @param formerKeys Keys whose states are still accepted, by their names
   */
  public record States(
      @Nullable Secret key,
      @DefaultValue("states") String keyId,
      @DefaultValue Map<String, Secret> formerKeys) {

    /** Takes keys that are blank as not set. */
    public States {
      key = SecretConverter.set(key);
      formerKeys = withoutBlank(formerKeys);
    }
  }

  /**
   * The routes that connect customers. They need a bean of type SalesforceConnect.
   *
   * @param enabled Whether the routes are there
   * @param path Where a form of yours posts to; its field host is where the customer signs in
   * @param callbackPath Path of the callback in this application, if it is not that of the callback
   *     itself
   * @param state How a callback finds its request
   * @param landing Page of yours to which the browser is sent at the end, with connected, declined,
   *     failed or pending in its parameter salesforce; a line of text is shown if it is not set
   */
  public record Connect(
      @DefaultValue("false") boolean enabled,
      @DefaultValue("/salesforce/connect") String path,
      @Nullable String callbackPath,
      @DefaultValue("signed") State state,
      @Nullable URI landing) {}

  /** How a callback finds its request. */
  public enum State {
    /** By a signed state and a cookie; nothing is kept until the callback. */
    SIGNED,
    /** By the HTTP session, which keeps the request. */
    SESSION
  }

  /**
   * The sweeps that keep unused grants alive.
   *
   * @param enabled Whether this process sweeps
   * @param interval How long after one sweep the next one begins
   */
  public record KeepAlive(
      @DefaultValue("true") boolean enabled, @DefaultValue("5m") Duration interval) {}

  /**
   * The route that receives Ampersand's webhooks and publishes them as events of the application.
   *
   * @param secrets Signing secrets of the destination, the new and the old one during a rotation;
   *     there is a route if there is one
   * @param path Path of the route
   */
  public record Webhook(
      @DefaultValue List<Secret> secrets, @DefaultValue("/ampersand/webhook") String path) {

    /** Takes secrets that are blank as not set. */
    public Webhook {
      secrets = secrets.stream().filter(SecretConverter::isSet).toList();
    }
  }

  /**
   * Development on FakeSalesforce and FakeAmpersand: if no client ID is set and the profile dev or
   * test is active.
   *
   * @param enabled Whether that may be
   * @param salesforcePort Port of FakeSalesforce; 0 is a free one. In the profile dev, the default
   *     is 18765; in the profile test it is 0
   * @param ampersandPort Port of FakeAmpersand; 0 is a free one. In the profile dev, the default is
   *     18766; in the profile test it is 0
   */
  public record Dev(
      @DefaultValue("true") boolean enabled,
      @Nullable Integer salesforcePort,
      @Nullable Integer ampersandPort) {}

  private static Map<String, Secret> withoutBlank(Map<String, Secret> keys) {
    return keys.entrySet().stream()
        .filter(key -> SecretConverter.isSet(key.getValue()))
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
