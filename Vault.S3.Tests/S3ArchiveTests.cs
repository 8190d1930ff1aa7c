using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Granary.Testing.Storage;
using Granary.Vault.Redis.Archive;
using Granary.Vault.Storage;

namespace Granary.Vault.S3.Tests;

/// <summary>An archive in object storage, over a stand-in that checks every signature, and over Moto, which is not ours.</summary>
public sealed class S3ArchiveTests
{
    // As vaults' names are in it: a percent sign must arrive as one.
    private const string Name = "acme/team%2Fnotes/0123456789abcdef/events-00000012-00ff";

    [Fact]
    public async Task It_keeps_what_it_is_given_and_says_when_it_has_nothing()
    {
        await using var storage = await ObjectStorage.StartAsync();
        using var archive = Archive(storage.Address);
        await KeepsAsync(archive);
        storage.Objects.ShouldBeEmpty();
        await archive.PutAsync(Name, "line\n"u8.ToArray(), default);
        storage.Objects.Keys.ShouldBe([$"granary/{Name}"]);
    }

    [MotoFact]
    public async Task So_it_does_with_a_server_that_is_not_ours()
    {
        using var moto = await MotoServer.StartAsync();
        using (var client = new AmazonS3Client(
            new BasicAWSCredentials(ObjectStorage.KeyId, ObjectStorage.Secret), new AmazonS3Config { ServiceURL = moto.Address, ForcePathStyle = true, AuthenticationRegion = "us-east-1" }))
        {
            await client.PutBucketAsync(ObjectStorage.Bucket);
        }
        using var archive = Archive(moto.Address);
        await KeepsAsync(archive);
    }

    [Fact]
    public async Task A_folder_keeps_the_same()
    {
        var folder = Directory.CreateTempSubdirectory("granary-archive-");
        await KeepsAsync(new FolderArchive(folder.FullName));
        // Nothing half written is left, either.
        Directory.EnumerateFiles(folder.FullName, "*", SearchOption.AllDirectories).ShouldBeEmpty();
        folder.Delete(recursive: true);
        (await Should.ThrowAsync<VaultStorageException>(() => new FolderArchive(folder.FullName).GetAsync(Name, default))).Failure.ShouldBe(VaultStorageFailure.Unavailable);
        (await Should.ThrowAsync<VaultStorageException>(() => new FolderArchive(folder.FullName).PutAsync(Name, new byte[1], default))).Failure.ShouldBe(VaultStorageFailure.Unavailable);
        Directory.Exists(folder.FullName).ShouldBeFalse();
    }

    [Fact]
    public async Task What_a_process_was_writing_into_a_folder_when_it_died_goes_after_a_while()
    {
        var folder = Directory.CreateTempSubdirectory("granary-archive-");
        var (old, young) = (Path.Combine(folder.CreateSubdirectory(".drafts").FullName, "old.new"), Path.Combine(folder.FullName, ".drafts", "young.new"));
        await File.WriteAllTextAsync(old, "half a line");
        await File.WriteAllTextAsync(young, "half a line");
        File.SetLastWriteTimeUtc(old, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2));
        await new FolderArchive(folder.FullName).PutAsync(Name, new byte[1], default);
        (File.Exists(old), File.Exists(young), File.Exists(Path.Combine(folder.FullName, Name))).ShouldBe((false, true, true));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Other_credentials_and_another_bucket_are_told_without_an_address_or_a_secret()
    {
        await using var storage = await ObjectStorage.StartAsync();
        using var stranger = Archive(storage.Address, secret: "another secret");
        var refused = await Should.ThrowAsync<VaultStorageException>(() => stranger.PutAsync(Name, new byte[1], default));
        (refused.Failure, refused.Message.Contains("SignatureDoesNotMatch", StringComparison.Ordinal)).ShouldBe((VaultStorageFailure.Refused, true));
        using var lost = Archive(storage.Address, bucket: "other");
        var failure = await Should.ThrowAsync<VaultStorageException>(() => lost.GetAsync(Name, default));
        (failure.Failure, failure.Message.Contains("NoSuchBucket", StringComparison.Ordinal)).ShouldBe((VaultStorageFailure.Unavailable, true));
        foreach (var message in (string[])[refused.Message, failure.Message])
        {
            message.ShouldNotContain("127.0.0.1");
            message.ShouldNotContain("secret");
        }
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_unavailable()
    {
        string address;
        await using (var storage = await ObjectStorage.StartAsync())
            address = storage.Address;
        using var archive = Archive(address);
        (await Should.ThrowAsync<VaultStorageException>(() => archive.GetAsync(Name, default))).Failure.ShouldBe(VaultStorageFailure.Unavailable);
    }

    /// <summary>The SDK bounds the wait for an answer's beginning, and not for its end.</summary>
    [Fact]
    public async Task A_service_that_stops_in_the_middle_of_an_object_is_unavailable()
    {
        await using var storage = await ObjectStorage.StartAsync();
        using (var writer = Archive(storage.Address))
            await writer.PutAsync(Name, new byte[100_000], default);
        storage.StopsHalfway = true;
        using var archive = Archive(storage.Address, longest: TimeSpan.FromSeconds(2));
        (await Should.ThrowAsync<VaultStorageException>(() => archive.GetAsync(Name, default))).Failure.ShouldBe(VaultStorageFailure.Unavailable);
        using var gone = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        using var patient = Archive(storage.Address);
        await Should.ThrowAsync<OperationCanceledException>(() => patient.GetAsync(Name, gone.Token));
    }

    [Fact]
    public void A_place_is_read()
    {
        S3Place.Parse("s3://vaults").ShouldBe(new S3Place("vaults", "", null, null));
        S3Place.Parse("s3://vaults/a/b/?endpoint=https%3A%2F%2Fminio%3A9000&region=eu-central-1")
            .ShouldBe(new S3Place("vaults", "a/b/", new Uri("https://minio:9000"), "eu-central-1"));
        S3Place.Parse("s3://vaults?endpoint=http://minio:9000").Endpoint.ShouldBe(new Uri("http://minio:9000"));
    }

    [Theory]
    [InlineData("s3:///prefix")]
    [InlineData("s3://key:password@vaults")]
    [InlineData("s3://vaults?secret=password")]
    [InlineData("s3://vaults?endpoint=ftp://password")]
    [InlineData("vaults")]
    public void What_is_no_place_is_refused_and_shows_nothing_secret(string text)
    {
        var message = Should.Throw<FormatException>(() => S3Place.Parse(text)).Message;
        message.ShouldContain("s3://bucket/prefix");
        message.ShouldNotContain("password");
    }

    private static async Task KeepsAsync(ISegmentArchive archive)
    {
        (await archive.GetAsync(Name, default)).ShouldBeNull();
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":\"ü\"}\n", 100_000)));
        await archive.PutAsync(Name, content, default);
        await archive.PutAsync(Name, content, default);
        (await archive.GetAsync(Name, default)).ShouldNotBeNull().Span.SequenceEqual(content).ShouldBeTrue();
        await archive.DeleteAsync(Name, default);
        (await archive.GetAsync(Name, default)).ShouldBeNull();
        await archive.DeleteAsync(Name, default);
    }

    private static S3Archive Archive(string address, string bucket = ObjectStorage.Bucket, string secret = ObjectStorage.Secret, TimeSpan? longest = null) => new(
        S3Place.Parse($"s3://{bucket}/granary?endpoint={address}"), new BasicAWSCredentials(ObjectStorage.KeyId, secret), longest);
}
