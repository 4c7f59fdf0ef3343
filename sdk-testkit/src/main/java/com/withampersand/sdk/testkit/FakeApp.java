package com.withampersand.sdk.testkit;

import java.security.PublicKey;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The one app that is registered. */
final class FakeApp {
  private final String key;
  private final Set<String> callbacks = ConcurrentHashMap.newKeySet();
  private final String ownCallback;
  private final List<String> scopes;
  private final boolean approveAutomatically;

  /** The secret, and behind it the one that is staged to follow it. */
  private volatile List<String> secrets;

  private final Set<PublicKey> certificates = ConcurrentHashMap.newKeySet();

  private volatile boolean requirePkce;
  private volatile boolean signsWithStaged;

  FakeApp(FakeSalesforce.Builder builder) {
    this.key = builder.key;
    this.secrets = List.of(builder.secret);
    this.callbacks.addAll(builder.callbacks);
    this.ownCallback = builder.ownCallback();
    this.scopes = builder.scopes();
    this.requirePkce = builder.requirePkce;
    this.approveAutomatically = builder.approveAutomatically;
  }

  String key() {
    return key;
  }

  String secret() {
    return secrets.get(0);
  }

  /** Returns the secret that answers are signed with. */
  String signingSecret() {
    List<String> all = secrets;
    return signsWithStaged ? all.get(all.size() - 1) : all.get(0);
  }

  void signWithStaged(boolean staged) {
    signsWithStaged = staged;
  }

  boolean hasSecret(String secret) {
    return secrets.contains(secret);
  }

  String regenerateSecret() {
    secrets = List.of(Randoms.upperHex(64));
    return secret();
  }

  String stageSecret() {
    String staged = Randoms.upperHex(64);
    secrets = List.of(secret(), staged);
    return staged;
  }

  void rotateSecret() {
    List<String> both = secrets;
    if (both.size() < 2) {
      throw new IllegalStateException("no Consumer Secret is staged that could take over");
    }
    secrets = List.of(both.get(1));
  }

  void registerCertificate(PublicKey certificate) {
    certificates.add(certificate);
  }

  void removeCertificate(PublicKey certificate) {
    certificates.remove(certificate);
  }

  /** Returns the keys with which a JWT may be signed. */
  Set<PublicKey> certificates() {
    return certificates;
  }

  void registerCallback(String callback) {
    callbacks.add(callback);
  }

  /** Returns the callback that a product with one of its own uses. */
  String ownCallback() {
    return ownCallback;
  }

  boolean knowsCallback(String callback) {
    return callbacks.contains(callback);
  }

  List<String> scopes() {
    return scopes;
  }

  /** The two names of one scope stand for each other. */
  boolean hasScope(String scope) {
    return scopes.contains(scope)
        || (isOffline(scope) && scopes.stream().anyMatch(FakeApp::isOffline));
  }

  static boolean isOffline(String scope) {
    return scope.equals("refresh_token") || scope.equals("offline_access");
  }

  boolean requiresPkce() {
    return requirePkce;
  }

  void requirePkce(boolean require) {
    requirePkce = require;
  }

  boolean approvesAutomatically() {
    return approveAutomatically;
  }
}
