package org.jetfanout;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.CacheMode;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.keyverifier.StaticServerKeyVerifier;
import org.apache.sshd.server.channel.AbstractServerChannel;
import org.jetfanout.pack.PackSteps;
import org.jetfanout.plan.PlanSteps;

/** The rooms of the house and the arrows between them are those of docs/architecture.md. */
@AnalyzeClasses(
        packages = "org.jetfanout",
        importOptions = ArchitectureTest.NoTests.class,
        // not kept for the life of the JVM that all unit tests share
        cacheMode = CacheMode.PER_CLASS)
final class ArchitectureTest {
    /**
     * Not the tests, but the service: until its jar is packed, Maven has its classes among theirs.
     */
    static final class NoTests implements ImportOption {
        private static final Pattern CLASS =
                Pattern.compile(".*/test-classes/([^$]+)(\\$.*)?\\.class");

        @Override
        public boolean includes(Location location) {
            Matcher test = CLASS.matcher(location.asURI().toString());
            return !test.matches()
                    || Files.exists(Path.of("src/service/java", test.group(1) + ".java"));
        }
    }

    private static final List<Path> SOURCES =
            List.of(
                    Path.of("src/main/java/org/jetfanout"),
                    Path.of("src/service/java/org/jetfanout/service"));

    private static final Path PAGE = Path.of("docs/architecture.md");

    /** A line of the page: a room, and the rooms that it may ask. */
    private static final Pattern ROOM = Pattern.compile("(?m)^([a-z./]+) -> (.+)$");

    private static final Pattern NAME = Pattern.compile("[a-z./]+");

    /** The name on the page of the package that all rooms are in. */
    private static final String ROOT = "/";

    @ArchTest
    static final ArchRule NO_CIRCLES =
            slices().matching("org.jetfanout.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule CORE_KNOWS_NO_CAMEL_SSH_OR_QUEUE =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "org.jetfanout.site..",
                            "org.jetfanout.plan..",
                            "org.jetfanout.pack..",
                            "org.jetfanout.runner..",
                            "org.jetfanout.bundle..",
                            "org.jetfanout.job",
                            "org.jetfanout.record..",
                            "org.jetfanout.status..",
                            "org.jetfanout.screen..",
                            "org.jetfanout.logs..",
                            "org.jetfanout.text..",
                            "org.jetfanout.machine..")
                    // the steps of a route: they pass values on to the others in their room
                    .and()
                    .areNotAssignableTo(PlanSteps.class)
                    .and()
                    .areNotAssignableTo(PackSteps.class)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.apache.camel..",
                            "org.apache.sshd..",
                            "jakarta.jms..",
                            "org.apache.activemq..");

    @ArchTest
    static final ArchRule ONLY_SSH_KNOWS_MINA =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("org.jetfanout.ssh..", "org.jetfanout.demo..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.sshd..");

    /** Neither a server nor a client that would take any machine for a host. */
    @ArchTest
    static final ArchRule ONLY_THE_DEMO_SERVES_SSH_OR_TRUSTS_EVERY_HOST_KEY =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("org.jetfanout.demo..")
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage("org.apache.sshd.server..")
                                    // for the agent's channels, which a worker opens and we serve
                                    .and(not(type(AbstractServerChannel.class)))
                                    .or(type(AcceptAllServerKeyVerifier.class))
                                    .or(type(StaticServerKeyVerifier.class)));

    @ArchTest
    static final ArchRule NOTHING_KNOWS_THE_DEMO =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("org.jetfanout.demo..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.jetfanout.demo..");

    /** Its jar and its libraries are on the class path of one command only. */
    @ArchTest
    static final ArchRule NOTHING_KNOWS_THE_SERVICE =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("org.jetfanout.service..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.jetfanout.service..",
                            "io.vertx..",
                            "com.cronutils..",
                            "com.github.mustachejava..",
                            "org.apache.camel.component.platform..",
                            "org.apache.camel.component.rest..");

    /** No more, and no fewer: what nobody needs any more goes from the page. */
    @ArchTest
    static void theArrowsAreThoseOfThePage(JavaClasses classes) throws IOException {
        Map<String, String> page = new TreeMap<>();
        Matcher row = ROOM.matcher(Files.readString(PAGE));
        while (row.find()) {
            TreeSet<String> asked = new TreeSet<>();
            Matcher name = NAME.matcher(row.group(2));
            while (name.find() && !name.group().equals("nobody")) {
                asked.add(name.group());
            }
            page.put(row.group(1), String.join(" ", asked));
        }
        Map<String, TreeSet<String>> arrows = new TreeMap<>();
        for (JavaClass from : classes) {
            if (from.getSimpleName().equals("package-info")
                    || !from.getPackageName().startsWith("org.jetfanout")
                    || from.getPackageName().startsWith("org.jetfanout.demo")) {
                continue;
            }
            TreeSet<String> asked = arrows.computeIfAbsent(room(from), room -> new TreeSet<>());
            for (Dependency on : from.getDirectDependenciesFromSelf()) {
                JavaClass to = on.getTargetClass();
                if (to.getPackageName().startsWith("org.jetfanout")
                        && !room(to).equals(room(from))) {
                    asked.add(room(to));
                }
            }
        }
        Map<String, String> tree = new TreeMap<>();
        arrows.forEach((room, asked) -> tree.put(room, String.join(" ", asked)));
        assertThat(tree).isEqualTo(page);
    }

    @ArchTest
    static void eachRoomSaysWhatGoesInAndOut(JavaClasses classes) throws IOException {
        for (Path sources : SOURCES) {
            try (Stream<Path> all = Files.walk(sources)) {
                assertThat(
                                all.filter(Files::isDirectory)
                                        .filter(ArchitectureTest::hasClasses)
                                        .filter(
                                                room ->
                                                        !Files.exists(
                                                                room.resolve("package-info.java")))
                                        .collect(Collectors.toList()))
                        .isEmpty();
            }
        }
    }

    private static boolean hasClasses(Path folder) {
        String[] names = folder.toFile().list((in, name) -> name.endsWith(".java"));
        return names != null && names.length > 0;
    }

    /** As the page writes it: {@code ssh/agent}. */
    private static String room(JavaClass of) {
        String name = of.getPackageName().substring("org.jetfanout".length());
        return name.isEmpty() ? ROOT : name.substring(1).replace('.', '/');
    }
}
