using System.Diagnostics.CodeAnalysis;
using Granary.Instana.Connections;
using Granary.Vault.OutsideFiles;

namespace Granary.Tenants.Instana;

/// <summary>Reads an operator's Instana settings, and the files they name as files of others: a pipe or a device under such a name is refused.</summary>
public static class InstanaSettings
{
    /// <inheritdoc cref="InstanaOptionsReader.TryRead"/>
    public static bool TryRead(
        Func<string, string?> variable, [NotNullWhen(true)] out InstanaOptions? options, out IReadOnlyList<string> problems) =>
        InstanaOptionsReader.TryRead(variable, RegularFile.ReadText, out options, out problems);
}
