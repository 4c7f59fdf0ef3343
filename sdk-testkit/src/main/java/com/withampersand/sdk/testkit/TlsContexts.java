package com.withampersand.sdk.testkit;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** TLS on both sides: a context for each host, and one for the clients that trust them. */
final class TlsContexts {
  private final Certificates certificates = new Certificates();
  private final Map<String, SSLContext> hosts = new ConcurrentHashMap<>();
  private final SSLContext client = trusting(certificates.authority());

  X509Certificate authority() {
    return certificates.authority();
  }

  /** Returns what trusts the fake's hosts, and no other. */
  SSLContext client() {
    return client;
  }

  SSLContext server(String host) {
    return hosts.computeIfAbsent(host, this::forHost);
  }

  private SSLContext forHost(String host) {
    HostKey key =
        new HostKey(
            certificates.hostKey(),
            new X509Certificate[] {certificates.forHost(host), certificates.authority()});
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      // Without trust of its own it would load that of the JDK, for each host.
      context.init(new KeyManager[] {key}, new TrustManager[0], null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SSLContext trusting(X509Certificate authority) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("fake", authority);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The one key and certificate of a host. */
  private static final class HostKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "host";

    private final PrivateKey key;
    private final X509Certificate[] chain;

    HostKey(PrivateKey key, X509Certificate[] chain) {
      this.key = key;
      this.chain = chain;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return keyType.equals("EC") ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return keyType.equals("EC") ? ALIAS : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return chain.clone();
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return key;
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }
  }
}
