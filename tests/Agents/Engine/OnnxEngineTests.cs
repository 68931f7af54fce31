using RlOffload.Agents.Engine;

namespace RlOffload.Tests.Agents.Engine;

public sealed class OnnxEngineTests
{
    public static TheoryData<Op, int> Cases => OperatorCases.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_operator_and_its_gradient_agree_with_the_built_in_engine(Op op, int number) => EngineAgreement.Assert(op, number, graph => new OnnxEngine(graph));
}
