package org.jetfanout.runner;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.CacheMode;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A runner is a folder: nobody outside knows its classes, or the words of its events and lines. */
@AnalyzeClasses(
        packages = "org.jetfanout",
        importOptions = ImportOption.DoNotIncludeTests.class,
        // not kept for the life of the JVM that all unit tests share
        cacheMode = CacheMode.PER_CLASS)
class RunnerPortTest {
    private static final Pattern JETPS_WORDS =
            Pattern.compile(
                    "\"(?:PLAYBOOK|PLAY|ROLE|TASK|HOST)_[A-Z_]+\"|\"SUMMARY\"|\"task_status\""
                            + "|\"cmd_(?:rc|out)\"|\"(?:Is|Needs)[A-Z][a-z]+\"|begin task|\\.{5}"
                            + "|=> (?:failed|running|complete)|connection failed to host");

    @ArchTest
    static final ArchRule ONE_PLACE_KNOWS_EACH_RUNNER =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "org.jetfanout.runner.jetp..",
                            "org.jetfanout.runner.known..",
                            // who makes a request for a runner from a command line
                            "org.jetfanout.cli",
                            "org.jetfanout.demo")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.jetfanout.runner.jetp..");

    @ArchTest
    static final ArchRule A_RUNNER_KNOWS_NOT_WHO_CHOOSES_IT =
            noClasses()
                    .that()
                    .resideInAnyPackage("org.jetfanout.runner", "org.jetfanout.runner.jetp..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.jetfanout.runner.known..");

    @Test
    void itsWordsStandInItsFolder() throws IOException {
        assertThat(JETPS_WORDS.matcher("case \"TASK_STATUS\"").find()).isTrue();
        Path sources = Path.of("src", "main", "java", "org", "jetfanout");
        Path folder = sources.resolve("runner").resolve("jetp");
        try (Stream<Path> files = Files.walk(sources)) {
            List<Path> talkative =
                    files.filter(file -> file.toString().endsWith(".java"))
                            .filter(file -> !file.startsWith(folder))
                            // ansible has words of its own that look alike
                            .filter(file -> !file.startsWith(folder.resolveSibling("ansible")))
                            .filter(file -> JETPS_WORDS.matcher(read(file)).find())
                            .toList();
            assertThat(talkative).isEmpty();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
