package com.withampersand.sdk;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassReader;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.Label;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.MethodVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String OURS = "com.withampersand.sdk..";
  private static final String ROOT = "com.withampersand.sdk";
  private static final String HTTP = "com.withampersand.sdk.http..";
  private static final String INTERNAL = "com.withampersand.sdk.internal..";
  private static final String OAUTH = "com.withampersand.sdk.oauth..";
  private static final String PLATFORM = "com.withampersand.sdk.platform..";
  private static final String TOKEN = "com.withampersand.sdk.token";
  private static final String CRYPTO = "com.withampersand.sdk.token.crypto..";
  private static final String REFRESH = "com.withampersand.sdk.token.refresh..";
  private static final String WEBHOOK = "com.withampersand.sdk.webhook..";
  private static final String JACKSON = "com.fasterxml.jackson..";
  private static final String SCRIBE = "com.github.scribejava..";

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/testkit/"))
          .importPackages(ROOT);

  @Test
  void import_ofMainClasses_holdsEveryRoomAndNoTest() {
    assertThat(MAIN)
        .extracting(JavaClass::getPackageName)
        .contains(
            ROOT,
            ROOT + ".http",
            ROOT + ".internal",
            ROOT + ".oauth",
            ROOT + ".platform",
            ROOT + ".token",
            ROOT + ".token.crypto",
            ROOT + ".token.file",
            ROOT + ".token.jdbc",
            ROOT + ".token.refresh",
            ROOT + ".webhook");
    assertThat(MAIN)
        .extracting(JavaClass::getSimpleName)
        .noneMatch(name -> name.endsWith("Test") && !name.equals("RefusalTest"));
  }

  @Test
  void root_dependsOnNothingElseOfOurs() {
    mayUse(ROOT, ROOT);
  }

  @Test
  void http_dependsOnRootAtMost() {
    mayUse(HTTP, HTTP, ROOT);
  }

  @Test
  void internal_dependsOnRootAndHttpAtMost() {
    mayUse(INTERNAL, INTERNAL, ROOT, HTTP);
  }

  @Test
  void oauth_dependsOnRootHttpAndInternalAtMost() {
    mayUse(OAUTH, OAUTH, ROOT, HTTP, INTERNAL);
  }

  @Test
  void token_dependsOnRootOAuthAndInternalAtMost() {
    mayUse(TOKEN, TOKEN, ROOT, OAUTH, INTERNAL);
  }

  @Test
  void stores_dependOnTheContractsOfTokenKeepingAtMost() {
    // JdbcReplayGuard implements a contract of the flow.
    mayUse("com.withampersand.sdk.token.jdbc..", "..token.jdbc..", TOKEN, OAUTH, ROOT, INTERNAL);
    mayUse("com.withampersand.sdk.token.file..", "..token.file..", TOKEN, ROOT, INTERNAL);
    mayUse(CRYPTO, CRYPTO, ROOT, INTERNAL);
  }

  @Test
  void refresh_dependsOnTheContractsAndCryptoAndNoStore() {
    mayUse(REFRESH, REFRESH, CRYPTO, TOKEN, OAUTH, ROOT, INTERNAL);
  }

  @Test
  void platform_dependsOnEverythingButNothingOnIt() {
    mayUse(PLATFORM, PLATFORM, ROOT, HTTP, OAUTH, TOKEN, INTERNAL);
  }

  @Test
  void webhook_dependsOnRootAndInternalAtMost() {
    mayUse(WEBHOOK, WEBHOOK, ROOT, INTERNAL);
  }

  @Test
  void signaturesOfWebhooks_areComparedInConstantTimeAlone() {
    assertThat(MAIN.get(ROOT + ".webhook.Signatures").getMethodCallsFromSelf())
        .extracting(call -> call.getTargetOwner().getSimpleName() + "." + call.getName())
        .contains("MessageDigest.isEqual")
        .isSubsetOf(
            "MessageDigest.isEqual", "Iterable.iterator", "Iterator.hasNext", "Iterator.next");
    assertThat(branches(MAIN.get(ROOT + ".webhook.Signatures")))
        .as("branches in Signatures: the ends of its two loops, and none by what was found")
        .isEqualTo(2);
    noClasses()
        .that()
        .resideInAPackage(WEBHOOK)
        .and()
        .doNotHaveSimpleName("Signatures")
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "compare bytes",
                call ->
                    call.getTargetOwner().isEquivalentTo(java.security.MessageDigest.class)
                        || (call.getTargetOwner().isEquivalentTo(java.util.Arrays.class)
                            && !call.getName().equals("stream"))))
        .check(MAIN);
    for (String holder : List.of("WebhookVerifier", "SigningKey", "Delivery")) {
      assertThat(MAIN.get(ROOT + ".webhook." + holder).getMethodCallsFromSelf())
          .as("comparisons in %s, where secrets and signatures are", holder)
          .extracting(call -> call.getTargetOwner().getSimpleName() + "." + call.getName())
          .doesNotContain(
              "String.equals",
              "String.contentEquals",
              "String.compareTo",
              "String.equalsIgnoreCase",
              "List.contains",
              "Secret.equals",
              "Object.equals",
              "Objects.equals");
    }
  }

  private static void mayUse(String room, String... others) {
    noClasses()
        .that()
        .resideInAPackage(room)
        .should()
        .dependOnClassesThat(resideInAPackage(OURS).and(not(resideInAnyPackage(others))))
        .check(MAIN);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching("com.withampersand.sdk.(*)..").should().beFreeOfCycles().check(MAIN);
    slices().matching("com.withampersand.sdk.token.(*)").should().beFreeOfCycles().check(MAIN);
  }

  @Test
  void classesOfTheProtocol_callOnlyThoseBelowThem() {
    List<String> fromBelow =
        List.of(
            "Waiters",
            "Pauses",
            "PutQueue",
            "Draft",
            "Serving",
            "Callers",
            "Disconnects",
            "KeptTokens",
            "HandOvers",
            "Renewals",
            "RefusalRule",
            "Exchanges",
            "Leases",
            "Puts",
            "NextJob",
            "StoreAnswers",
            "NextWake",
            "Turn");
    for (int i = 0; i < fromBelow.size() - 1; i++) {
      JavaClass decider = MAIN.get(ROOT + ".token.refresh." + fromBelow.get(i));
      assertThat(decider.getDirectDependenciesFromSelf())
          .as(decider.getSimpleName())
          .extracting(dependency -> dependency.getTargetClass().getSimpleName())
          .doesNotContainAnyElementsOf(fromBelow.subList(i + 1, fromBelow.size()));
    }
  }

  @Test
  void jackson_isUsedWhereJsonIsReadOrWrittenAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages(INTERNAL, OAUTH, PLATFORM, REFRESH, WEBHOOK)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(JACKSON)
        .check(MAIN);
  }

  @Test
  void scribeJava_isUsedByOAuthAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage(OAUTH)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(SCRIBE)
        .check(MAIN);
  }

  @Test
  void publicClasses_extendAndImplementOnlyWhatIsOursOrTheJdks() {
    classes()
        .that(ARE_API)
        .should(
            new ArchCondition<JavaClass>("extend and implement only what is ours or the JDK's") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                Stream.concat(
                        type.getAllRawSuperclasses().stream(), type.getAllRawInterfaces().stream())
                    .filter(parent -> !mayBeShown(parent))
                    .forEach(parent -> violated(type.getName(), parent, events));
              }
            })
        .check(MAIN);
  }

  @Test
  void publicMembers_showOnlyWhatIsOursOrTheJdks() {
    members()
        .that()
        .areDeclaredInClassesThat(ARE_API)
        .and(ARE_VISIBLE)
        .should(
            new ArchCondition<JavaMember>("show only what is ours or the JDK's") {
              @Override
              public void check(JavaMember member, ConditionEvents events) {
                member.getAllInvolvedRawTypes().stream()
                    .filter(type -> !mayBeShown(type))
                    .forEach(type -> violated(member.getFullName(), type, events));
              }
            })
        .check(MAIN);
  }

  private static final DescribedPredicate<JavaClass> ARE_API =
      DescribedPredicate.describe("are API", ArchitectureTest::isApi);

  private static final DescribedPredicate<JavaMember> ARE_VISIBLE =
      DescribedPredicate.describe(
          "are visible",
          member ->
              member.getModifiers().contains(JavaModifier.PUBLIC)
                  || member.getModifiers().contains(JavaModifier.PROTECTED));

  private static boolean isApi(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && !resideInAPackage(INTERNAL).test(type)
        && type.getEnclosingClass().map(ArchitectureTest::isApi).orElse(true);
  }

  private static boolean mayBeShown(JavaClass type) {
    JavaClass element = type.getBaseComponentType();
    return element.isPrimitive()
        || resideInAnyPackage("java..", "javax.crypto..", "javax.sql..").test(element)
        || (resideInAPackage(OURS).test(element) && !resideInAPackage(INTERNAL).test(element));
  }

  private static void violated(String what, JavaClass type, ConditionEvents events) {
    events.add(SimpleConditionEvent.violated(type, what + " shows " + type.getName()));
  }

  @Test
  void names_sayWhatAThingIs() {
    noClasses()
        .should()
        .haveNameMatching(".*(Impl|Manager|Helper|Helpers|Utils|Util)(\\$.*)?")
        .check(MAIN);
  }

  @Test
  void classes_printNothingAndLogThroughSlf4jAlone() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(MAIN);
    NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(MAIN);
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.System$Logger")
        .check(MAIN);
  }

  @Test
  void methods_holdNoMonitorAndNoBinOfAMap() {
    noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED).check(MAIN);
    noClasses()
        .that()
        // It counts holders there, and nothing else.
        .doNotHaveSimpleName("StripeLocks")
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "compute within a ConcurrentMap",
                call ->
                    call.getTarget().getName().startsWith("compute")
                        && call.getTargetOwner()
                            .isAssignableTo(java.util.concurrent.ConcurrentMap.class)))
        .because("what runs in there holds others up, and pins a virtual thread")
        .check(MAIN);
    for (JavaClass type : MAIN) {
      assertThat(monitors(type)).as("monitors of %s", type.getName()).isZero();
    }
  }

  /** Counts the synchronized blocks in the byte code of a class. */
  private static long monitors(JavaClass type) {
    return count(type, opcode -> opcode == Opcodes.MONITORENTER);
  }

  /** Counts the conditional jumps in the byte code of a class. */
  private static long branches(JavaClass type) {
    return count(type, opcode -> opcode >= Opcodes.IFEQ && opcode <= Opcodes.IF_ACMPNE);
  }

  private static long count(JavaClass type, IntPredicate counted) {
    long[] count = {0};
    ClassVisitor visitor =
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            return new MethodVisitor(Opcodes.ASM9) {
              @Override
              public void visitInsn(int opcode) {
                if (counted.test(opcode)) {
                  count[0]++;
                }
              }

              @Override
              public void visitJumpInsn(int opcode, Label label) {
                visitInsn(opcode);
              }
            };
          }
        };
    try (InputStream bytes = type.getSource().orElseThrow().getUri().toURL().openStream()) {
      new ClassReader(bytes).accept(visitor, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return count[0];
  }

  @Test
  void exceptions_liveInTheRootAndHaveItsSealedParent() {
    classes()
        .that()
        .areAssignableTo(Throwable.class)
        .should()
        .resideInAPackage(ROOT)
        .andShould()
        .beAssignableTo(AmpersandException.class)
        .check(MAIN);
  }
}
