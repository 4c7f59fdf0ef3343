package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** {@code /projects/{p}/jwt-keys}. */
final class JwtKeysEndpoint {
  private static final String LABEL = "label";
  private static final String ALGORITHM = "algorithm";
  private static final String PEM = "publicKeyPem";
  private static final String ACTIVE = "active";
  private static final int SHORTEST_KEY = 2048;

  private final FakeRows<ObjectNode> rows = new FakeRows<>();
  private final FakeProject project;
  private final Timestamps times;

  JwtKeysEndpoint(FakeProject project, Timestamps times) {
    this.project = project;
    this.times = times;
  }

  Answer all(ReceivedRequest request) {
    return switch (request.method()) {
      case "GET" -> list(Query.flag(request, ACTIVE));
      case "POST" -> create(request);
      default -> throw FakeRefusal.badMethod(request);
    };
  }

  Answer one(ReceivedRequest request, String id) {
    ObjectNode row = rows.find(id).orElseThrow(() -> FakeRefusal.notFound("The JWT key"));
    return switch (request.method()) {
      case "GET" -> FakeJson.ok(row);
      case "PATCH" -> change(request, id);
      case "DELETE" -> delete(id);
      default -> throw FakeRefusal.badMethod(request);
    };
  }

  private Answer list(boolean activeAlone) {
    return FakeJson.list(
        rows.all().stream().filter(row -> !activeAlone || row.path(ACTIVE).asBoolean()).toList());
  }

  private Answer create(ReceivedRequest request) {
    Input body = Input.of(request);
    body.require(LABEL, ALGORITHM, PEM);
    body.filled(LABEL);
    body.texts(ALGORITHM, PEM);
    if (!body.text(ALGORITHM).equals("RS256")) {
      body.malformed(ALGORITHM, "must be RS256");
    }
    if (!isRsaKey(body.text(PEM))) {
      body.malformed(PEM, "must be an RSA public key in PEM format");
    }
    body.finish(400);
    ObjectNode row = row(body);
    rows.add(row.path("id").asText(), row);
    return FakeJson.answer(201, JsonNodeFactory.instance.objectNode().set("kid", row.path("id")));
  }

  private ObjectNode row(Input body) {
    String now = times.now();
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.put("id", UUID.randomUUID().toString());
    row.put("projectId", project.id());
    row.put(LABEL, body.text(LABEL));
    row.put(ALGORITHM, "RSA");
    row.put(PEM, body.text(PEM));
    row.put(ACTIVE, true);
    row.put("createTime", now);
    row.put("updateTime", now);
    return row;
  }

  private static boolean isRsaKey(String pem) {
    String base64 = pem.replaceAll("-----(BEGIN|END) PUBLIC KEY-----|\\s", "");
    try {
      return KeyFactory.getInstance("RSA")
                  .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)))
              instanceof RSAPublicKey key
          && key.getModulus().bitLength() >= SHORTEST_KEY;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Not base64, or not such a key: the request is refused.
      return false;
    }
  }

  private Answer change(ReceivedRequest request, String id) {
    Input body = Input.of(request);
    body.require("jwtKey");
    Input key = body.enter("jwtKey");
    List<String> mask = UpdateMask.of(body, key, List.of(ACTIVE, LABEL));
    key.flags(ACTIVE);
    key.filled(LABEL);
    body.finish(400);
    return FakeJson.ok(
        rows.update(id, row -> changed(row, mask, key))
            .orElseThrow(() -> FakeRefusal.notFound("The JWT key")));
  }

  private ObjectNode changed(ObjectNode row, List<String> mask, Input key) {
    ObjectNode changed = row.deepCopy();
    mask.forEach(name -> changed.set(name, key.object().path(name)));
    return changed.put("updateTime", times.now());
  }

  private Answer delete(String id) {
    rows.remove(id);
    return Answer.nothing();
  }
}
