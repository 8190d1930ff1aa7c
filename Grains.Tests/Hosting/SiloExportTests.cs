using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Granary.Grains.Redis;
using Granary.Silo.Hosting;
using Granary.Tenants;
using Granary.Tenants.Vaults;
using Granary.Testing.Redis;
using Granary.Testing.Storage;
using Granary.Vault.Keys;
using Granary.Vault.Redis;
using Granary.Vault.Redis.Archive;
using Granary.Vault.Redis.Connections;
using Granary.Vault.S3;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Grains.Tests.Hosting;

/// <summary>The silo's program takes a vault out of Redis and of object storage, as a process with the environment of a silo.</summary>
public sealed class SiloExportTests : IDisposable
{
    // More than a segment, so that one is full.
    private const int Events = 1100;

    private readonly RedisServer _redis = new("--appendfsync no");
    private readonly string _key = NewKey();
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-silo-export-").FullName;

    public void Dispose()
    {
        _redis.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_vault_in_object_storage_comes_out_whole()
    {
        await using var storage = await ObjectStorage.StartAsync();
        var place = $"s3://{ObjectStorage.Bucket}/granary?endpoint={storage.Address}";
        await FillAsync(place);
        storage.Objects.Keys.ShouldAllBe(name => name.StartsWith("granary/default/notes/", StringComparison.Ordinal));
        storage.Objects.ShouldNotBeEmpty();

        var target = Path.Combine(_folder, "notes");
        (await ExportAsync(target, place)).ShouldBe((0, $"notes of default is in {target}: {Events} events, valid.\n", ""));
        (await File.ReadAllLinesAsync(Path.Combine(target, "events", "events.ndjson"))).Length.ShouldBe(Events);
    }

    [Fact]
    public async Task What_cannot_be_read_is_told_in_a_sentence()
    {
        await using var storage = await ObjectStorage.StartAsync();
        var place = $"s3://{ObjectStorage.Bucket}/granary?endpoint={storage.Address}";
        await FillAsync(place);

        var (exit, output, errors) = await ExportAsync(Path.Combine(_folder, "stranger"), place, secret: "another secret");
        (exit, output).ShouldBe((1, ""));
        errors.ShouldStartWith("Error: The archive does not permit this");
        errors.ShouldNotContain("another secret");

        (exit, output, errors) = await ExportAsync(Path.Combine(_folder, "locked"), place, key: NewKey());
        (exit, output).ShouldBe((1, ""));
        errors.ShouldStartWith("Error: ");
        errors.ShouldNotContain("   at ");

        storage.Objects.Clear();
        (exit, output, errors) = await ExportAsync(Path.Combine(_folder, "lost"), place);
        (exit, output).ShouldBe((1, ""));
        errors.ShouldStartWith("Error: The archive has lost default/notes/");
    }

    private async Task FillAsync(string place)
    {
        using var keys = KeyRing.Parse(_key);
        using var archive = new S3Archive(S3Place.Parse(place), new BasicAWSCredentials(ObjectStorage.KeyId, ObjectStorage.Secret));
        var settings = new RedisSettings { Configuration = _redis.Configuration, Prefix = "granary", Keys = keys, Archive = new SealedSegments(archive) };
        using var link = RedisLink.Connect(settings.Configuration, settings.Prefix);
        var vaults = new RedisVaults(link, settings, TimeProvider.System, NullLoggerFactory.Instance);
        var name = VaultName.Parse("notes");
        await using (var vault = new VaultActivation(name, vaults.Create(TenantId.Default, name), new VaultActivationOptions(), TimeProvider.System, NullLogger.Instance))
        {
            await vault.CreateAsync(new VaultCreation(), default);
            await Task.WhenAll(Enumerable.Range(0, Events).Select(i => vault.AppendAsync(new AppendEvent("note", Encoding.UTF8.GetBytes($$"""{"i":{{i}}}""")), default)));
        }
        (await vaults.Sealer(TenantId.Default, name).SealAsync(FullSegments.All, default)).ShouldBeGreaterThan(0);
    }

    private async Task<(int Exit, string Output, string Errors)> ExportAsync(string folder, string place, string? key = null, string secret = ObjectStorage.Secret)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(SiloProgram).Assembly.Location, "export", "default", "notes", folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["GRANARY_REDIS"] = _redis.Configuration, ["GRANARY_KEK"] = key ?? _key, ["GRANARY_ARCHIVE"] = place,
                ["AWS_ACCESS_KEY_ID"] = ObjectStorage.KeyId, ["AWS_SECRET_ACCESS_KEY"] = secret,
            },
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyRing.KeyLength));
}
