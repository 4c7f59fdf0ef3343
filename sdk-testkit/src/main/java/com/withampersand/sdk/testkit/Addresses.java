package com.withampersand.sdk.testkit;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where an org is found: at a port of this machine, and by its real names behind the proxy. A
 * request is answered with addresses of the kind by which it came.
 */
final class Addresses {
  static final String LOGIN = "login.salesforce.com";
  static final String TEST = "test.salesforce.com";

  private final URI loopback;
  private final boolean sandbox;
  private volatile String myDomain;
  private volatile String movedDomain;
  private final Set<String> hosts = ConcurrentHashMap.newKeySet();

  /** Whether the data was moved at all, and whether it is away from its first place now. */
  private volatile boolean moved;

  private volatile boolean away;

  Addresses(URI loopback, String name) {
    this.loopback = loopback;
    this.sandbox = name.contains("--");
    this.myDomain = name + suffix();
    this.movedDomain = name + "-moved" + suffix();
    hosts.add(myDomain);
    hosts.add(movedDomain);
  }

  private String suffix() {
    return sandbox ? ".sandbox.my.salesforce.com" : ".my.salesforce.com";
  }

  /** Gives the My Domain another name; the hosts of the old one are the org's no more. */
  void rename(String name) {
    hosts.remove(myDomain);
    hosts.remove(movedDomain);
    myDomain = name + suffix();
    movedDomain = name + "-moved" + suffix();
    hosts.add(myDomain);
    hosts.add(movedDomain);
  }

  URI loopback() {
    return loopback;
  }

  boolean isSandbox() {
    return sandbox;
  }

  String myDomain() {
    return myDomain;
  }

  /** Returns the host where the users of this org and of others of its kind log in. */
  String sharedHost() {
    return sandbox ? TEST : LOGIN;
  }

  /** Returns the org's own hosts. */
  Set<String> hosts() {
    return hosts;
  }

  /** Adds a host, and returns it as it is compared. */
  String addHost(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    hosts.add(lower);
    return lower;
  }

  /** Tells whether an address is of a My Domain that has another name now. */
  boolean isGone(URI uri) {
    return isReal(uri) && !isShared(uri) && !hosts.contains(uri.getHost());
  }

  /** Tells whether the org's users log in at an address. */
  boolean isLogin(URI uri) {
    if (isReal(uri)) {
      return hosts.contains(uri.getHost()) || sharedHost().equals(uri.getHost());
    }
    return isHere(uri);
  }

  private boolean isHere(URI uri) {
    return loopback.getHost().equals(uri.getHost()) && loopback.getPort() == uri.getPort();
  }

  static boolean isReal(URI uri) {
    return "https".equals(uri.getScheme()) && uri.getHost() != null;
  }

  static boolean isShared(URI uri) {
    return LOGIN.equals(uri.getHost()) || TEST.equals(uri.getHost());
  }

  static URI https(String host) {
    return URI.create("https://" + host);
  }

  /**
   * Returns the ID URL of a user.
   *
   * @param origin where the request came
   */
  String identityUrl(URI origin, FakeUser user) {
    URI host = isReal(origin) ? https(sharedHost()) : loopback;
    return host + identityPath(user);
  }

  static String identityPath(FakeUser user) {
    return "/id/" + user.org().id() + "/" + user.id();
  }

  /**
   * Returns where the org's data is.
   *
   * @param origin where the request came
   */
  URI instance(URI origin) {
    if (isReal(origin)) {
      return https(away ? movedDomain : myDomain);
    }
    // The same machine has two names, so the server need not move with the data.
    return away ? URI.create("http://127.0.0.1:" + loopback.getPort()) : loopback;
  }

  void move() {
    moved = true;
    away = !away;
  }

  /** Tells whether a request came to where the data is. */
  boolean isInstance(ReceivedRequest request) {
    URI origin = request.origin();
    if (!moved) {
      return !isShared(origin);
    }
    String expected = instance(origin).getAuthority();
    return isReal(origin)
        ? expected.equals(origin.getHost())
        : expected.equals(request.header("Host").orElse(""));
  }
}
