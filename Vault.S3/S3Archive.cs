using System.Net;
using System.Security.Cryptography;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Granary.Vault.Redis.Archive;
using Granary.Vault.Storage;

namespace Granary.Vault.S3;

/// <summary>
/// An archive in a bucket of S3, or of a service with its interface. Credentials are found by Amazon's SDK: in the environment (<c>AWS_ACCESS_KEY_ID</c>,
/// <c>AWS_SECRET_ACCESS_KEY</c>), in its files (<c>AWS_SHARED_CREDENTIALS_FILE</c>), or where containers and machines of Amazon's have theirs.
/// </summary>
public sealed class S3Archive : ISegmentArchive, IDisposable
{
    /// <summary>For the beginning of an answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>For a call with all its tries and the whole of its body: the SDK does not bound that.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly S3Place _place;
    private readonly TimeSpan _longest;
    private readonly AmazonS3Client _client;

    /// <summary>Names the place; nothing is sent before the first call.</summary>
    /// <param name="place">Where.</param>
    /// <param name="credentials">Whose; null for those that the SDK finds.</param>
    /// <param name="longest">How long a call may take; null for two minutes.</param>
    public S3Archive(S3Place place, AWSCredentials? credentials = null, TimeSpan? longest = null)
    {
        (_place, _longest) = (place, longest ?? Longest);
        var config = new AmazonS3Config { Timeout = Patience, MaxErrorRetry = 2 };
        if (place.Endpoint is { } endpoint)
        {
            // A service of one's own has seldom a name for each bucket.
            (config.ServiceURL, config.ForcePathStyle, config.AuthenticationRegion) = (endpoint.OriginalString, true, place.Region ?? "us-east-1");
        }
        else if (place.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        _client = credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(credentials, config);
    }

    /// <summary>Opens the archive that a setting names.</summary>
    /// <exception cref="FormatException">It names none.</exception>
    public static S3Archive Open(string text) => new(S3Place.Parse(text));

    /// <inheritdoc />
    public Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) => RunAsync(async limit =>
    {
        using var body = new MemoryStream(content.ToArray(), writable: false);
        await _client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = _place.Bucket,
                Key = _place.Prefix + name,
                InputStream = body,
                ContentType = "application/x-ndjson",
                // The service compares it with what arrived, and buckets with a lock on their objects ask for one.
                ChecksumSHA256 = Convert.ToBase64String(SHA256.HashData(content.Span)),
                // Services with S3's interface do not all know bodies that are signed in parts.
                UseChunkEncoding = false,
            },
            limit);
        return true;
    }, cancellation);

    /// <inheritdoc />
    public Task<ReadOnlyMemory<byte>?> GetAsync(string name, CancellationToken cancellation) => RunAsync(async limit =>
    {
        try
        {
            using var answer = await _client.GetObjectAsync(new GetObjectRequest { BucketName = _place.Bucket, Key = _place.Prefix + name }, limit);
            using var content = new MemoryStream((int)Math.Max(0, answer.ContentLength));
            await answer.ResponseStream.CopyToAsync(content, limit);
            return (ReadOnlyMemory<byte>?)content.ToArray();
        }
        catch (AmazonS3Exception failure) when (failure.StatusCode == HttpStatusCode.NotFound && failure.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
    }, cancellation);

    /// <inheritdoc />
    public Task DeleteAsync(string name, CancellationToken cancellation) => RunAsync(async limit =>
    {
        await _client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _place.Bucket, Key = _place.Prefix + name }, limit);
        return true;
    }, cancellation);

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_longest);
        try
        {
            return await call(limit.Token);
        }
        catch (OperationCanceledException failure) when (!cancellation.IsCancellationRequested)
        {
            throw new VaultStorageException(VaultStorageFailure.Unavailable, "The archive does not answer in time.", failure);
        }
        catch (AmazonServiceException failure) when (failure.StatusCode == HttpStatusCode.Forbidden)
        {
            throw new VaultStorageException(
                VaultStorageFailure.Refused, $"The archive does not permit this: {failure.ErrorCode}. Its credentials need s3:GetObject, s3:PutObject and s3:DeleteObject.", failure);
        }
        catch (AmazonServiceException failure)
        {
            throw new VaultStorageException(VaultStorageFailure.Unavailable, $"The archive cannot be used now: {failure.ErrorCode ?? "it does not answer"}.", failure);
        }
        catch (Exception failure) when (failure is AmazonClientException or HttpRequestException or IOException or TimeoutException)
        {
            throw new VaultStorageException(VaultStorageFailure.Unavailable, "The archive does not answer, or there are no credentials for it.", failure);
        }
    }
}
