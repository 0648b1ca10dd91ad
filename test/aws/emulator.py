"""Starts MiniStack, with what would keep the stack from being deployed to it mended or left out.

Each of these is listed in README.md, with what covers it instead.
"""

from uuid import uuid4

from ministack.app import main
from ministack.core.responses import get_account_id, get_region
from ministack.services import dynamodb, secretsmanager
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS as HANDLERS

# Types that it does not know: accepted, without effect.
INERT_TYPES = [
    "AWS::Logs::QueryDefinition",
    "AWS::SecretsManager::RotationSchedule",
]


def create_nothing(logical_id, _props, stack_name):
    return f"{stack_name}-{logical_id}", {}


def delete_nothing(_physical_id, _props):
    pass


def update_nothing(physical_id, _old_props, _new_props, _stack_name):
    return physical_id, {}


INERT = {"create": create_nothing, "update": update_nothing, "delete": delete_nothing}


def identify_secrets_as_aws_does():
    """What `Ref` gives for a secret is its ARN on AWS, and here its name, which no policy means. The name
    is another one each time on AWS; here a stack would take the place of what one before it left."""
    secret = HANDLERS["AWS::SecretsManager::Secret"]
    create, update, delete = secret["create"], secret["update"], secret["delete"]

    def name_of(arn):
        name, _ = secretsmanager._resolve(arn)
        return name

    def create_with_arn(logical_id, props, stack_name):
        name = f"{stack_name}-{logical_id}-{uuid4().hex[:12]}"
        _, attributes = create(logical_id, {"Name": name, **props}, stack_name)
        return attributes["Arn"], attributes

    def update_by_arn(arn, old_props, new_props, stack_name, logical_id=None):
        named = {"Name": name_of(arn)}
        old, new = {**named, **old_props}, {**named, **new_props}
        _, attributes = update(name_of(arn), old, new, stack_name, logical_id)
        return attributes["Arn"], attributes

    def delete_by_arn(arn, props):
        delete(name_of(arn), props)

    secret.update(create=create_with_arn, update=update_by_arn, delete=delete_by_arn)


def label_streams_as_aws_does():
    """The time that ends the ARN of a table's stream is without zone on AWS, and here has one."""
    table = HANDLERS["AWS::DynamoDB::Table"]
    create = table["create"]

    def create_with_label(logical_id, props, stack_name):
        name, attributes = create(logical_id, props, stack_name)
        if "StreamArn" in attributes:
            arn = attributes["StreamArn"].removesuffix("Z")
            label = arn.rsplit("/", 1)[1]
            dynamodb._tables[name].update(LatestStreamArn=arn, LatestStreamLabel=label)
            attributes["StreamArn"] = arn
        return name, attributes

    table["create"] = create_with_label


def leave_out_alarms_over_formulas():
    """It refuses an alarm over a formula of metrics; such a one is left out."""
    alarm = HANDLERS["AWS::CloudWatch::Alarm"]
    create, update, delete = alarm["create"], alarm["update"], alarm["delete"]

    def create_unless_formula(logical_id, props, stack_name):
        if not props.get("Metrics"):
            return create(logical_id, props, stack_name)
        name = f"{stack_name}-{logical_id}"
        arn = f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"
        return name, {"Arn": arn}

    def update_unless_formula(name, old_props, new_props, stack_name, logical_id=None):
        if not new_props.get("Metrics"):
            return update(name, old_props, new_props, stack_name, logical_id)
        return create_unless_formula(logical_id, new_props, stack_name)

    def delete_unless_formula(name, props):
        if not props.get("Metrics"):
            delete(name, props)

    alarm.update(
        create=create_unless_formula, update=update_unless_formula, delete=delete_unless_formula
    )


identify_secrets_as_aws_does()
label_streams_as_aws_does()
leave_out_alarms_over_formulas()
HANDLERS.update({type_name: INERT for type_name in INERT_TYPES})

if __name__ == "__main__":
    main()
