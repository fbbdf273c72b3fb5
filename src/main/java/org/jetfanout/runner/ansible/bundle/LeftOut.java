package org.jetfanout.runner.ansible.bundle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What of the user's project stays on the control machine: caches, virtual environments, files that
 * hold secrets and travel apart. Of a root that nobody means to send as a whole, such as the home
 * folder, only what ansible looks for beside a playbook travels. Immutable.
 */
public final class LeftOut implements Predicate<Path> {
    private static final Set<String> NAMES =
            Set.of(
                    "__pycache__",
                    ".cache",
                    ".tox",
                    ".nox",
                    ".mypy_cache",
                    ".pytest_cache",
                    ".ruff_cache",
                    ".molecule",
                    ".vagrant",
                    ".terraform",
                    ".venv",
                    ".idea",
                    ".vscode",
                    ".jet-fanout",
                    "node_modules");

    /** What ansible finds beside a playbook by itself. */
    private static final Set<String> BESIDE_PLAYBOOKS =
            Set.of(
                    "ansible.cfg",
                    "roles",
                    "group_vars",
                    "host_vars",
                    "vars",
                    "files",
                    "templates",
                    "tasks",
                    "handlers",
                    "library",
                    "module_utils",
                    "collections");

    private static final Set<String> ENDINGS = Set.of(".pyc", ".pyo", ".retry", ".swp");

    private final Collection<Path> secrets;
    private final Collection<Path> wideRoots;

    private LeftOut(Collection<Path> secrets, Collection<Path> wideRoots) {
        this.secrets = secrets;
        this.wideRoots = wideRoots;
    }

    /**
     * What stays at home of a project.
     *
     * @param secrets files that do not travel with the project
     * @param roots of the project
     * @param home of the user
     */
    public static LeftOut of(Collection<Path> secrets, Collection<Path> roots, Path home) {
        return new LeftOut(
                Set.copyOf(secrets),
                roots.stream().filter(root -> ProjectLayout.isTooWide(root, home)).toList());
    }

    /** The roots of which only a part travels. */
    public Collection<Path> wideRoots() {
        return wideRoots;
    }

    @Override
    public boolean test(Path file) {
        String name = file.getFileName().toString();
        return NAMES.contains(name)
                || ENDINGS.stream().anyMatch(name::endsWith)
                || secrets.contains(file)
                || Files.exists(file.resolve("pyvenv.cfg"))
                || (wideRoots.contains(file.getParent()) && !isBesidePlaybooks(file, name));
    }

    private static boolean isBesidePlaybooks(Path file, String name) {
        return BESIDE_PLAYBOOKS.contains(name)
                || name.endsWith("_plugins")
                || ((name.endsWith(".yml") || name.endsWith(".yaml")) && Files.isRegularFile(file));
    }
}
