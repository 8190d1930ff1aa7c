using Granary.Instana.Connections;
using Granary.Instana.Http;
using Granary.Instana.Resilience;

namespace Granary.Instana.Tests.Resilience;

public class RetryPlanTests
{
    private static readonly RetryOptions Options = new();
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(3);

    private static readonly InstanaReply Unavailable = InstanaReply.Failed(new InstanaFailure(FailureKind.Status, "") { Status = 503 });

    [Theory]
    [InlineData(0, 0, 0.5)]
    [InlineData(0, 1, 1)]
    [InlineData(1, 1, 2)]
    [InlineData(2, 0, 2)]
    [InlineData(2, 1, 4)]
    public void Our_own_waits_double_between_half_and_full(int retries, double jitter, double seconds) =>
        RetryPlan.Next(Unavailable, true, retries, Long, Options, jitter).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Our_own_waits_have_a_cap() =>
        RetryPlan.Next(Unavailable, true, 20, Long, Options with { MaxRetries = 30 }, 1).ShouldBe(Options.MaxDelay);

    [Fact]
    public void There_is_no_wait_without_an_end()
    {
        RetryPlan.Next(Unavailable, true, 3, Long, Options, 0).ShouldBeNull();
        RetryPlan.Next(Unavailable, true, 0, TimeSpan.FromSeconds(0.9), Options, 1).ShouldBeNull();
        RetryPlan.Next(Waiting(30), true, 0, Long, Options, 0).ShouldBe(TimeSpan.FromSeconds(30));
        RetryPlan.Next(Waiting(31), true, 0, Long, Options, 0).ShouldBeNull();
        RetryPlan.Next(Waiting(10), true, 0, TimeSpan.FromSeconds(10), Options, 0).ShouldBeNull();
    }

    [Fact]
    public void A_write_is_never_repeated()
    {
        RetryPlan.Next(Unavailable, false, 0, Long, Options, 0).ShouldBeNull();
        RetryPlan.Next(Waiting(1), false, 0, Long, Options, 0).ShouldBeNull();
    }

    [Theory]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    [InlineData(408, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(501, false)]
    [InlineData(502, true)]
    [InlineData(503, true)]
    [InlineData(504, true)]
    public void Only_what_may_pass_is_repeated(int status, bool repeated) =>
        (RetryPlan.Next(InstanaReply.Failed(new InstanaFailure(FailureKind.Status, "") { Status = status }), true, 0, Long, Options, 0) is not null).ShouldBe(repeated);

    [Theory]
    [InlineData((int)FailureKind.Timeout)]
    [InlineData((int)FailureKind.Tls)]
    [InlineData((int)FailureKind.Redirect)]
    [InlineData((int)FailureKind.TooLarge)]
    [InlineData((int)FailureKind.NotJson)]
    [InlineData((int)FailureKind.CircuitOpen)]
    public void The_rest_would_end_the_same(int kind) =>
        RetryPlan.Next(InstanaReply.Failed(new InstanaFailure((FailureKind)kind, "")), true, 0, Long, Options, 0).ShouldBeNull();

    private static InstanaReply Waiting(int seconds) => Failures.RateLimited("", 429, TimeSpan.FromSeconds(seconds), null);
}
