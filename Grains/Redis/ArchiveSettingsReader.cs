using Granary.Hosting.Configuration;
using Granary.Vault.Redis.Archive;

namespace Granary.Grains.Redis;

/// <summary>Reads where full segments of vaults go, and what becomes of them there.</summary>
public static class ArchiveSettingsReader
{
    /// <summary>The setting that names the archive.</summary>
    public const string Variable = "GRANARY_ARCHIVE";

    private static readonly TimeSpan LongestKept = TimeSpan.FromDays(3650);

    /// <summary>Reads <see cref="Variable"/>.</summary>
    /// <param name="settings">Where it stands.</param>
    /// <param name="openS3">Opens an archive in object storage, or throws a <see cref="FormatException"/>; null in programs that have no client for it.</param>
    /// <returns>Null where it is not set.</returns>
    /// <exception cref="InvalidDataException">It names no archive; the message says what it takes.</exception>
    public static SealedSegments? Read(Settings settings, Func<string, ISegmentArchive>? openS3)
    {
        if (settings.Text(Variable) is not { } place)
            return null;
        if (place.StartsWith("s3:", StringComparison.OrdinalIgnoreCase))
            return new SealedSegments(OpenS3(place, openS3));
        if (!Path.IsPathFullyQualified(place))
            throw new InvalidDataException($"{Variable} is a folder's whole path, for example /archive, or s3://bucket/prefix; it is '{place}'.");
        if (!Directory.Exists(place))
            throw new InvalidDataException($"{Variable} names a folder that is not there: '{place}'. It is not made, for where a volume is not mounted that would be the wrong place.");
        return new SealedSegments(new FolderArchive(place));
    }

    private static ISegmentArchive OpenS3(string place, Func<string, ISegmentArchive>? open)
    {
        try
        {
            return open?.Invoke(place)
                ?? throw new InvalidDataException($"{Variable} is in object storage, and this program has no client for it: the silo's has, and exports vaults too (Granary.Silo export).");
        }
        catch (FormatException failure)
        {
            throw new InvalidDataException($"{Variable}: {failure.Message}", failure);
        }
    }

    /// <summary>Reads <c>GRANARY_ARCHIVE_AFTER</c> and <c>GRANARY_ARCHIVE_KEEP</c>.</summary>
    /// <exception cref="InvalidDataException">One cannot be used; the message says what it takes.</exception>
    public static ArchivePolicy ReadPolicy(Settings settings) => new(
        settings.Seconds("GRANARY_ARCHIVE_AFTER", ArchivePolicy.Usual.After),
        string.Equals(settings.Text("GRANARY_ARCHIVE_KEEP"), "forever", StringComparison.OrdinalIgnoreCase)
            ? null
            : settings.Seconds("GRANARY_ARCHIVE_KEEP", ArchivePolicy.Usual.Keep!.Value, (int)ArchivePolicy.ShortestKept.TotalSeconds, (int)LongestKept.TotalSeconds));
}

/// <summary>What becomes of segments.</summary>
/// <param name="After">How long a segment that is full stays in Redis, at the least.</param>
/// <param name="Keep">How long an object stays that no segment names any more; null for ever.</param>
public sealed record ArchivePolicy(TimeSpan After, TimeSpan? Keep)
{
    /// <summary>Where nothing else is said.</summary>
    public static readonly ArchivePolicy Usual = new(TimeSpan.FromMinutes(10), TimeSpan.FromDays(1));

    /// <summary>Longer than any write takes: an object that is being written is not named yet either.</summary>
    public static readonly TimeSpan ShortestKept = TimeSpan.FromMinutes(10);
}
