package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.platform.Workspace;
import com.withampersand.sdk.salesforce.internal.SalesforceUrls;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The Salesforce host at which a customer logs in, and to which codes and refresh tokens go. A
 * grant belongs to the host that issued it: keep the host with the tokens.
 *
 * <p>Prefer the customer's My Domain: orgs can forbid logins at the shared hosts.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class LoginHost implements Workspace {
  /** The first is that of nearly everyone; the last three are those of old orgs. */
  private static final List<String> MY_DOMAIN_SUFFIXES =
      List.of(
          ".my.salesforce.com",
          ".my.salesforce.mil",
          ".my.sfcrmproducts.cn",
          ".my-salesforce.com",
          ".cloudforce.com",
          ".database.com");

  private static final String LABEL = "(?!xn--)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

  /**
   * What stands in front of the suffix: {@code acme}, {@code acme--uat.sandbox}. Partitions come
   * and go.
   */
  private static final Pattern PREFIX = Pattern.compile(LABEL + "(\\." + LABEL + ")?");

  /**
   * What people give without the suffix: here only the partitions that are known, lest {@code
   * evil.com} pass for one.
   */
  private static final Pattern NAME =
      Pattern.compile(LABEL + "(\\.(sandbox|develop|scratch|trailblaze|demo|patch|free))?");

  private static final LoginHost PRODUCTION =
      new LoginHost(URI.create("https://login.salesforce.com"));
  private static final LoginHost SANDBOX = new LoginHost(URI.create("https://test.salesforce.com"));

  /** What people call the shared hosts. Salesforce keeps these names for itself. */
  private static final Map<String, LoginHost> SHARED =
      Map.of(
          "login",
          PRODUCTION,
          "production",
          PRODUCTION,
          "prod",
          PRODUCTION,
          "test",
          SANDBOX,
          "sandbox",
          SANDBOX);

  /** What stands in a setting in place of a name. */
  private static final Set<String> NO_NAMES =
      Set.of(
          "www",
          "my",
          "salesforce",
          "lightning",
          "dev",
          "developer",
          "develop",
          "scratch",
          "staging",
          "partial",
          "full",
          "custom",
          "default",
          "localhost",
          "none",
          "null",
          "undefined",
          "true",
          "false");

  private final URI uri;

  private LoginHost(URI uri) {
    this.uri = uri;
  }

  /** Returns {@code login.salesforce.com}: production and Developer Edition orgs. */
  public static LoginHost production() {
    return PRODUCTION;
  }

  /** Returns {@code test.salesforce.com}: sandboxes. */
  public static LoginHost sandbox() {
    return SANDBOX;
  }

  /**
   * Returns an org's My Domain, given its name ({@code acme}, {@code acme--uat.sandbox}, {@code
   * acme.develop}), its host, or any URL on it, such as a Lightning or Setup page. Surrounding
   * blanks, case, the default port and anything after the host are ignored. The name of a sandbox
   * alone ({@code acme--uat}) is taken as its enhanced domain ({@code acme--uat.sandbox}).
   *
   * @throws IllegalArgumentException if it is none of these, or a word that names no org, such as
   *     {@code login} or {@code sandbox}
   */
  public static LoginHost myDomain(String nameOrHostOrUrl) {
    String word = SalesforceUrls.trimmed(bounded(nameOrHostOrUrl)).toLowerCase(Locale.ROOT);
    if (SHARED.containsKey(word) || NO_NAMES.contains(word)) {
      throw new IllegalArgumentException(
          "\""
              + word
              + "\" does not name an org. Give the name of its My Domain, such as acme, or an address of the org;"
              + " for the shared hosts use login.salesforce.com or test.salesforce.com.");
    }
    return SalesforceUrls.hostOf(nameOrHostOrUrl)
        .flatMap(host -> myDomainHost(host, isBare(host, nameOrHostOrUrl)))
        .map(host -> new LoginHost(URI.create("https://" + host)))
        .orElseThrow(() -> unknown(nameOrHostOrUrl));
  }

  /** Tells whether nothing but the host was given: only then can it be a name. */
  private static boolean isBare(String host, String given) {
    return SalesforceUrls.trimmed(given).equalsIgnoreCase(host);
  }

  private static Optional<String> myDomainHost(String hostOrName, boolean mayBeName) {
    String host = SalesforceUrls.pageToMyDomain(hostOrName);
    for (String suffix : MY_DOMAIN_SUFFIXES) {
      if (host.endsWith(suffix)) {
        String prefix = host.substring(0, host.length() - suffix.length());
        return PREFIX.matcher(prefix).matches() ? Optional.of(host) : Optional.empty();
      }
    }
    return mayBeName && NAME.matcher(host).matches()
        ? Optional.of(enhanced(host) + MY_DOMAIN_SUFFIXES.get(0))
        : Optional.empty();
  }

  private static String enhanced(String name) {
    return name.contains("--") && !name.contains(".") ? name + ".sandbox" : name;
  }

  /** Nothing that is longer is a name, and searching it would take time. */
  private static String bounded(String given) {
    return given.substring(0, Math.min(given.length(), SalesforceUrls.LONGEST_ADDRESS));
  }

  private static IllegalArgumentException unknown(String given) {
    return new IllegalArgumentException(
        "\""
            + SalesforceUrls.shown(given)
            + "\" is no Salesforce My Domain: give its name (acme), its host"
            + " (acme.my.salesforce.com) or an address of it, without user and unusual port. Hosts of your own, such as an Experience"
            + " Cloud site's, go into LoginHost.custom");
  }

  /**
   * Returns the host that a setting names: {@code login.salesforce.com}, {@code
   * test.salesforce.com}, what people call these ({@code login} and {@code production}; {@code
   * test} and {@code sandbox}), or anything that {@link #myDomain} accepts. Use it for what people
   * type: it accepts Salesforce's hosts only.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  public static LoginHost parse(String setting) {
    LoginHost shared =
        SHARED.get(SalesforceUrls.trimmed(bounded(setting)).toLowerCase(Locale.ROOT));
    if (shared != null) {
      return shared;
    }
    return switch (SalesforceUrls.hostOf(setting).orElse("")) {
      case "login.salesforce.com" -> PRODUCTION;
      case "test.salesforce.com" -> SANDBOX;
      default -> myDomain(setting);
    };
  }

  /**
   * Returns a host outside Salesforce's domains that you trust: an Experience Cloud site, with its
   * path, or a server on this machine in a test. Client secrets and tokens go there.
   *
   * @param uri an https URL, or an http URL of this machine; without user info, query and fragment
   * @throws IllegalArgumentException if it is not so
   */
  public static LoginHost custom(URI uri) {
    Objects.requireNonNull(uri, "uri");
    if (!SalesforceUrls.isHttpsOrLoopback(uri)) {
      throw new IllegalArgumentException(
          "a login host has to be an absolute https address (http is for localhost alone), not "
              + uri.getScheme()
              + "://"
              + uri.getHost());
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "a login host must have neither user info, nor query, nor fragment; at host "
              + uri.getHost());
    }
    return new LoginHost(URI.create(SalesforceUrls.withoutSlashes(uri.toString())));
  }

  /**
   * Returns the host of an address that your code wrote with {@link #toString()} or {@link #uri()},
   * hosts of your own and those of this machine included. It is for stored values, and trusts them:
   * read what people type with {@link #parse(String)}.
   *
   * @throws IllegalArgumentException if it is no such address
   */
  public static LoginHost fromStored(String stored) {
    Objects.requireNonNull(stored, "stored");
    try {
      return custom(new URI(stored.strip()));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "\"" + SalesforceUrls.shown(stored) + "\" is not a URL that a LoginHost wrote");
    }
  }

  /**
   * Returns the host of Salesforce at which tokens were issued; empty if the address is any other,
   * or has more to it than scheme and host.
   */
  static Optional<LoginHost> ofIssuer(URI issuer) {
    return Optional.ofNullable(issuer.getHost())
        .filter(host -> issuer.toString().length() <= SalesforceUrls.LONGEST_ADDRESS)
        .map(host -> host.toLowerCase(Locale.ROOT))
        .filter(LoginHost::isSalesforces)
        .map(host -> new LoginHost(URI.create("https://" + host)))
        .filter(host -> host.isAt(issuer));
  }

  private static boolean isSalesforces(String host) {
    return host.equals(PRODUCTION.uri.getHost())
        || host.equals(SANDBOX.uri.getHost())
        || myDomainHost(host, false).filter(host::equals).isPresent();
  }

  /** Tells whether it is a host of Salesforce's, with nothing to it but the host. */
  boolean isSalesforces() {
    return ofIssuer(uri).isPresent();
  }

  /** Tells whether an issuer is this host: scheme, host, port and path, and nothing beside. */
  boolean isAt(URI issuer) {
    return uri.getScheme().equalsIgnoreCase(issuer.getScheme())
        && uri.getHost().equalsIgnoreCase(issuer.getHost())
        && port(uri) == port(issuer)
        && uri.getRawPath()
            .equals(SalesforceUrls.withoutSlashes(String.valueOf(issuer.getRawPath())))
        && issuer.getRawUserInfo() == null
        && issuer.getRawQuery() == null
        && issuer.getRawFragment() == null;
  }

  /**
   * Returns the name of the org's My Domain, such as {@code acme}, {@code acme--uat.sandbox} or
   * {@code acme.develop}; empty for the shared hosts and for all that does not end in {@code
   * .my.salesforce.com}.
   */
  public Optional<String> myDomainName() {
    String suffix = MY_DOMAIN_SUFFIXES.get(0);
    return Optional.of(uri.getHost())
        .filter(host -> uri.getPort() == -1 && host.endsWith(suffix) && uri.getRawPath().isEmpty())
        .map(host -> host.substring(0, host.length() - suffix.length()));
  }

  /**
   * Returns the name by which Ampersand's connector knows the org: the {@linkplain #myDomainName()
   * name of the My Domain}; empty for {@code login.salesforce.com}, which is Ampersand's default.
   *
   * @throws IllegalArgumentException if Ampersand has no name for the host: {@code
   *     test.salesforce.com}, hosts that do not end in {@code .my.salesforce.com}, sites and
   *     domains of your own
   */
  @Override
  public Optional<String> workspaceRef() {
    Optional<String> name = myDomainName();
    if (name.isEmpty() && !equals(PRODUCTION)) {
      throw new IllegalArgumentException(
          equals(SANDBOX)
              ? "Ampersand cannot send users to test.salesforce.com: give the sandbox's My Domain, such as acme--uat.sandbox"
              : "Ampersand reaches orgs by the name in front of .my.salesforce.com, which "
                  + uri.getHost()
                  + " does not have");
    }
    return name;
  }

  /** Returns host and port as a message names them. */
  String shown() {
    return uri.getRawAuthority();
  }

  /** Returns the address of the host, without a slash at its end. */
  public URI uri() {
    return uri;
  }

  /**
   * Tells whether the access token of a grant from here may be sent there: to Salesforce over
   * https, to this very host because it was named, or, if it is one of this machine, to another of
   * this machine.
   */
  boolean mayReceiveTokens(URI address) {
    return SalesforceUrls.isInstance(address)
        || (SalesforceUrls.isHttpsOrLoopback(address) && isHere(address));
  }

  private boolean isHere(URI address) {
    boolean named =
        address.getRawUserInfo() == null
            && uri.getHost().equalsIgnoreCase(address.getHost())
            && port(uri) == port(address);
    return named || (SalesforceUrls.isLoopback(uri) && SalesforceUrls.isLoopback(address));
  }

  private static int port(URI address) {
    boolean usual = address.getPort() == -1;
    return usual ? ("https".equalsIgnoreCase(address.getScheme()) ? 443 : 80) : address.getPort();
  }

  /** Tells whether the other object is the same host. */
  @Override
  public boolean equals(Object other) {
    return other instanceof LoginHost host && uri.equals(host.uri);
  }

  @Override
  public int hashCode() {
    return uri.hashCode();
  }

  /** Returns the address. */
  @Override
  public String toString() {
    return uri.toString();
  }
}
